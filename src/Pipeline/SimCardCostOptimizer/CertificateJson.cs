using System.Text.Json;
using System.Text.Json.Serialization;
using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.SimCardCostOptimizer;

/// <summary>
/// Writes and reads the proof of a solve, so that anybody can have it recomputed from the frozen SIMs and plans
/// (<see cref="CertificateChecker"/>).
/// </summary>
public static class CertificateJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static string Write(Solution solution)
    {
        Certificate certificate = solution.Certificate;
        return JsonSerializer.Serialize(
            new Document(
                [.. certificate.PoolPrices.Select(PoolPriceRow.Of)],
                certificate.ChangePriceMicroUnits,
                certificate.PriceBound.MicroUnits,
                certificate.Proof is { } proof ? BranchProofRows.Of(proof) : null,
                solution.StoppedBy.ToString()),
            Options);
    }

    /// <exception cref="JsonException">The text is not what <see cref="Write"/> writes.</exception>
    public static (Certificate Certificate, StopReason StoppedBy) Read(string json)
    {
        Document document = JsonSerializer.Deserialize<Document>(json, Options)
            ?? throw new JsonException("The certificate is null; expected an object.");
        var certificate = new Certificate(
            [.. document.PoolPrices.Select(price => price.ToPrice())],
            document.ChangePrice)
        {
            PriceBound = new Money(document.PriceBound),
            Proof = document.Proof?.ToProof(),
        };
        return (certificate, Enum.Parse<StopReason>(document.StoppedBy));
    }

    private sealed record Document(
        IReadOnlyList<PoolPriceRow> PoolPrices, long ChangePrice, long PriceBound, BranchProofRows? Proof, string StoppedBy);
}
