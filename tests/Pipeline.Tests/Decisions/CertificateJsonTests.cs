using System.Text.Json;
using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Decisions;

public sealed class CertificateJsonTests
{
    [Fact]
    public void A_proof_that_was_stored_still_proves_and_one_that_was_changed_does_not()
    {
        int branched = 0;
        RandomSnapshot.Gen.Sample(
            snapshot =>
            {
                Solution solution = Optimizer.Solve(snapshot.Fleet, snapshot.Catalog, new SolveOptions(), CancellationToken.None);
                string json = CertificateJson.Write(solution);

                (Certificate certificate, StopReason stoppedBy) = CertificateJson.Read(json);

                Solution read = solution with { Certificate = certificate, StoppedBy = stoppedBy };
                CertificateChecker.Check(snapshot.Fleet, snapshot.Catalog, new SolveOptions(), read);
                Assert.Equal(json, CertificateJson.Write(read));
                if (certificate.Proof is { Root: Split } proof)
                {
                    branched++;
                    Assert.Throws<CertificateException>(() => CertificateChecker.Check(
                        snapshot.Fleet, snapshot.Catalog, new SolveOptions(), read with
                        {
                            Certificate = certificate with { Proof = proof with { Root = new ClosedWhole() } },
                        }));
                }
            },
            iter: 400, seed: "0N0XIzNsQ0O2", threads: 1);

        Assert.True(branched > 0, "No fleet needed a proof by branching.");
    }

    [Fact]
    public void A_deep_proof_is_no_deep_json()
    {
        BranchNode node = new ClosedByPrices(0);
        for (int device = 0; device < 5_000; device++)
        {
            node = new Split(device, 0, new Dictionary<ushort, BranchNode> { [3] = node, [1] = new ClosedByCounts([0], [(0, -1)]) });
        }

        BranchProofRows rows = BranchProofRows.Of(new BranchProof([new BranchPrices([new PoolPrice(0, -1, 7)], 1)], node, 9));

        BranchProofRows again = BranchProofRows.Of(JsonSerializer.Deserialize<BranchProofRows>(JsonSerializer.Serialize(rows))!.ToProof());
        Assert.Equal(10_001, again.Nodes.Count);
        Assert.Equal(JsonSerializer.Serialize(rows), JsonSerializer.Serialize(again));
    }

    [Fact]
    public void Nodes_that_are_no_tree_are_refused()
    {
        Assert.Throws<JsonException>(() => new BranchProofRows([], [], 0).ToProof());
        Assert.Throws<JsonException>(() => new BranchProofRows([], [new BranchNodeRow(), new BranchNodeRow()], 0).ToProof());
        Assert.Throws<JsonException>(
            () => new BranchProofRows([], [new BranchNodeRow { Device = 0, Prices = 0, Plans = [1] }], 0).ToProof());
    }
}
