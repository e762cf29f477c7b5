namespace CarrierOptimization.Engine.Certificates;

/// <summary>A solution is not what it claims to be: a bug in search or bill. Carries every violated point.</summary>
public sealed class CertificateException : Exception
{
    public CertificateException()
    {
    }

    public CertificateException(string message)
        : base(message)
    {
    }

    public CertificateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public CertificateException(IReadOnlyList<string> violations)
        : base("The solution failed its check; do not use it, report it with the input. "
            + string.Join(Environment.NewLine, violations)) => Violations = violations;

    /// <summary>Each says what was expected and what was found.</summary>
    public IReadOnlyList<string> Violations { get; } = [];
}
