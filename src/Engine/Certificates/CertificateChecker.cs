namespace CarrierOptimization.Engine.Certificates;

/// <summary>Recomputes bill and bound of a solution from the model alone, with wide integers and plain loops.</summary>
public static class CertificateChecker
{
}
