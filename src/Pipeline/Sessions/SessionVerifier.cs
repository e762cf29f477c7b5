using System.Security.Cryptography;
using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;
using CarrierOptimization.Pipeline.Snapshots;
using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.Sessions;

/// <summary>One thing that was looked at again.</summary>
/// <param name="About">For example <c>component 1: bound</c>.</param>
/// <param name="Sentence">What was found; when it does not hold, also what was expected.</param>
public sealed record Verification(string About, bool Holds, string Sentence);

/// <summary>
/// Looks at a finished session once more from what is stored: no SIM lost, every winner allowed and priced right, every bound proven
/// again from the frozen SIMs and plans, the files as they were written, the triggers in order.
/// </summary>
public sealed class SessionVerifier(Database database)
{
    private const string Winners =
        """
        SELECT a.position, a.rate_plan FROM assignment a
        JOIN snapshot_device s ON s.instance_id = a.instance_id AND s.position = a.position
        WHERE a.instance_id = @InstanceId AND s.component = @number ORDER BY a.position
        """;

    /// <summary>Everything that can be checked of the session.</summary>
    /// <exception cref="InvalidOperationException">There is no such session.</exception>
    public async Task<IReadOnlyList<Verification>> VerifyAsync(long sessionId, CancellationToken cancellationToken)
    {
        SessionHeader session = await SessionHeader.LoadAsync(database, sessionId, cancellationToken);
        var found = new List<Verification>();
        found.AddRange(await DevicesAsync(session, cancellationToken));
        IReadOnlyList<StoredComponent> components = await database.QueryAsync<StoredComponent>(
            """
            SELECT c.number, c.status, c.devices, c.winner, c.winner_cost, c.lower_bound, c.changes, o.detail
            FROM component c LEFT JOIN candidate o
                ON o.instance_id = c.instance_id AND o.component = c.number AND o.strategy = 'Optimal'
            WHERE c.instance_id = @InstanceId ORDER BY c.number
            """,
            new { session.InstanceId },
            cancellationToken);
        foreach (StoredComponent component in components.Where(component => component.Status == "Complete"))
        {
            found.AddRange(await ComponentAsync(session, component, cancellationToken));
        }

        found.AddRange(await FilesAsync(session, cancellationToken));
        found.Add(await TriggersAsync(session, cancellationToken));
        return found;
    }

    private async Task<IReadOnlyList<Verification>> DevicesAsync(SessionHeader session, CancellationToken cancellationToken)
    {
        DeviceCounts counts = await database.FirstOrDefaultAsync<DeviceCounts>(
            """
            SELECT COUNT(*) AS frozen, COALESCE(SUM(CASE WHEN s.exclusion <> 0 THEN 1 ELSE 0 END), 0) AS left_out,
                COALESCE(SUM(CASE WHEN s.exclusion = 0 AND a.position IS NOT NULL THEN 1 ELSE 0 END), 0) AS assigned,
                COALESCE(SUM(CASE WHEN s.exclusion = 0 AND c.status = 'Failed' THEN 1 ELSE 0 END), 0) AS failed
            FROM snapshot_device s
            LEFT JOIN assignment a ON a.instance_id = s.instance_id AND a.position = s.position
            LEFT JOIN component c ON c.instance_id = s.instance_id AND c.number = s.component
            WHERE s.instance_id = @InstanceId
            """,
            new { session.InstanceId },
            cancellationToken) ?? new DeviceCounts();
        long accounted = counts.LeftOut + counts.Assigned + counts.Failed;
        string sum = $"{counts.Frozen} SIMs = {counts.LeftOut} left out + {counts.Assigned} assigned + {counts.Failed} in failed components";
        return [new Verification("no SIM lost", counts.Frozen == accounted, counts.Frozen == accounted ? sum : $"{sum}: they differ")];
    }

    private async Task<IReadOnlyList<Verification>> ComponentAsync(
        SessionHeader session, StoredComponent component, CancellationToken cancellationToken)
    {
        Snapshot snapshot = await Snapshot.LoadAsync(database, session, component.Number, cancellationToken);
        var assignment = new ushort[snapshot.Records.Count];
        int next = 0;
        await database.StreamAsync(
            Winners,
            new { session.InstanceId, number = component.Number },
            row => assignment[next++] = row.IsDBNull(1) ? Fleet.NoPlan : (ushort)snapshot.Catalog.IndexOf(row.GetString(1)),
            cancellationToken);
        IReadOnlyList<string> violations = AssignmentVerifier.Violations(
            snapshot, new AssignmentClaim(component.Devices, assignment, component.WinnerCost, component.Changes));
        string about = $"component {component.Number + 1}";
        return
        [
            new Verification(
                $"{about}: winner", violations.Count == 0,
                violations.Count == 0
                    ? $"{component.Devices} SIMs on plans they may be on, at {component.WinnerCost}"
                    : string.Join(' ', violations)),
            await Task.Run(() => Bound(about, snapshot, assignment, component), cancellationToken),
        ];
    }

    /// <summary>Has the certificate checked again, as right after the solve.</summary>
    private static Verification Bound(string about, Snapshot snapshot, ushort[] assignment, StoredComponent component)
    {
        if (component.Detail is not { } detail)
        {
            return new Verification($"{about}: bound", false, "No certificate is stored; expected that of the strategy Optimal.");
        }

        (Certificate certificate, StopReason stoppedBy) = CertificateJson.Read(detail);
        Bill bill = BillCalculator.Bill(snapshot.Fleet, snapshot.Catalog, assignment);
        var claim = new Solution
        {
            Assignment = assignment,
            Bill = bill,
            Cost = component.WinnerCost,
            LowerBound = component.LowerBound,
            ProvenOptimal = component.WinnerCost == component.LowerBound,
            Changes = component.Changes,
            Certificate = certificate,
            StoppedBy = stoppedBy,
            Phases = [],
        };
        try
        {
            CertificateChecker.Check(snapshot.Fleet, snapshot.Catalog, new SolveOptions(), claim);
            return new Verification($"{about}: bound", true, $"no assignment costs less than {component.LowerBound}, proven again");
        }
        catch (CertificateException failure)
        {
            return new Verification($"{about}: bound", false, failure.Message);
        }
    }

    private async Task<IReadOnlyList<Verification>> FilesAsync(SessionHeader session, CancellationToken cancellationToken)
    {
        var found = new List<Verification>();
        foreach (StoredReport file in await database.QueryAsync<StoredReport>(
            "SELECT name, path, sha256 FROM report_file WHERE instance_id = @InstanceId ORDER BY name",
            new { session.InstanceId },
            cancellationToken))
        {
            string? digest = File.Exists(file.Path)
                ? Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(file.Path, cancellationToken)))
                : null;
            bool holds = string.Equals(digest, file.Sha256, StringComparison.OrdinalIgnoreCase);
            found.Add(new Verification(
                $"file {file.Name}", holds,
                holds ? "as it was written" : digest is null ? $"{file.Path} is not there" : $"{file.Path} was changed since"));
        }

        return found;
    }

    private async Task<Verification> TriggersAsync(SessionHeader session, CancellationToken cancellationToken)
    {
        IReadOnlyList<TriggerView> triggers = await database.QueryAsync<TriggerView>(
            "SELECT * FROM amop_trigger WHERE session_id = @SessionId ORDER BY sequence", new { session.SessionId }, cancellationToken);
        int[] progress = [.. triggers.Where(trigger => trigger.Type != "ErrorMessage").Select(trigger => trigger.Progress)];
        bool isInOrder = triggers.Select(trigger => trigger.Sequence).SequenceEqual(Enumerable.Range(1, triggers.Count))
            && progress.SequenceEqual(progress.Order())
            && progress.Count(percent => percent == 100) == (session.Status.IsFinished() ? 1 : 0);
        return new Verification(
            "triggers", isInOrder,
            $"{triggers.Count}: {string.Join(", ", progress)} %" + (isInOrder ? "" : "; expected in order, and one 100 at the end"));
    }

    private sealed record DeviceCounts
    {
        public long Frozen { get; init; }

        public long LeftOut { get; init; }

        public long Assigned { get; init; }

        public long Failed { get; init; }
    }

    private sealed record StoredComponent
    {
        public int Number { get; init; }

        public string Status { get; init; } = "";

        public int Devices { get; init; }

        public string? Winner { get; init; }

        public Money WinnerCost { get; init; }

        public Money LowerBound { get; init; }

        public int Changes { get; init; }

        public string? Detail { get; init; }
    }

    private sealed record StoredReport
    {
        public string Name { get; init; } = "";

        public string Path { get; init; } = "";

        public string Sha256 { get; init; } = "";
    }
}
