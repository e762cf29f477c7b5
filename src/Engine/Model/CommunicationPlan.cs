namespace CarrierOptimization.Engine.Model;

/// <summary>What a SIM can do (services, networks, APN). The optimizer never changes it.</summary>
/// <param name="AllowedPlans">The rate plans its SIMs may use.</param>
public sealed record CommunicationPlan(string Name, PlanSet AllowedPlans);
