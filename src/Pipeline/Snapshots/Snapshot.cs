using System.Data.Common;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.Snapshots;

/// <summary>The frozen SIMs of a session, or of one component, as arrays and as a fleet that can be priced.</summary>
/// <param name="Positions">Per SIM its place among all SIMs of the session.</param>
/// <param name="ComponentOf">Per SIM its component, or <see cref="ComponentTable.None"/>.</param>
public sealed record Snapshot(
    FrozenPlans Plans, DeviceRecords Records, DeviceGrouping Grouping, int[] Positions, int[] ComponentOf)
{
    private static readonly HashSet<int> NoComponents = [];

    private const string Columns =
        """
        SELECT position, component, comm_group, exclusion, iccid, msisdn, status, communication_plan, rate_plan,
            raw_usage_bytes, usage_bytes, sms_count, active_days
        FROM snapshot_device WHERE instance_id = @InstanceId
        """;

    public PlanCatalog Catalog => Plans.Catalog;

    public Fleet Fleet => Grouping.Fleet;

    /// <summary>The SIMs of one component.</summary>
    public static Task<Snapshot> LoadAsync(
        Database database, SessionHeader session, int component, CancellationToken cancellationToken) => LoadAsync(
        database, session, Columns + " AND component = @component ORDER BY position", new { session.InstanceId, component }, NoComponents,
        cancellationToken);

    /// <summary>All SIMs of the session. SIMs of components that failed are fixed where they are.</summary>
    public static Task<Snapshot> LoadAsync(
        Database database, SessionHeader session, IReadOnlySet<int> failedComponents, CancellationToken cancellationToken) => LoadAsync(
        database, session, Columns + " ORDER BY position", new { session.InstanceId }, failedComponents, cancellationToken);

    private static async Task<Snapshot> LoadAsync(
        Database database, SessionHeader session, string sql, object values, IReadOnlySet<int> failedComponents,
        CancellationToken cancellationToken)
    {
        FrozenPlans plans = CatalogJson.Read(session.Catalog
            ?? throw new InvalidOperationException($"Session {session.SessionId} is not grouped: it has no frozen catalog."));
        (PlanSet[] sets, string[] names) = await LoadGroupsAsync(database, session, plans.Catalog, cancellationToken);
        var reader = new SnapshotReader(failedComponents);
        await database.StreamAsync(sql, values, reader.Read, cancellationToken);
        DeviceRecords records = reader.Devices.ToRecords(plans.Catalog.Rules.PeriodDays);
        DeviceGrouping grouping = GroupedFleet.Build(
            records, plans.Catalog, sets, names, [.. reader.ExclusionOf], [.. reader.CommGroupOf],
            plans.Grouping(session.Settings.MinimumDevicesPerGroup));
        return new Snapshot(plans, records, grouping, [.. reader.Positions], [.. reader.ComponentOf]);
    }

    /// <summary>By number; groups without SIMs are not stored and stand empty.</summary>
    private static async Task<(PlanSet[] Sets, string[] Names)> LoadGroupsAsync(
        Database database, SessionHeader session, PlanCatalog catalog, CancellationToken cancellationToken)
    {
        IReadOnlyList<GroupRow> rows = await database.QueryAsync<GroupRow>(
            "SELECT number, name, rate_plans FROM comm_group WHERE instance_id = @InstanceId", new { session.InstanceId }, cancellationToken);
        int count = rows.Select(row => row.Number + 1).DefaultIfEmpty(0).Max();
        var sets = new PlanSet[count];
        var names = new string[count];
        Array.Fill(sets, PlanSet.Empty);
        Array.Fill(names, "");
        foreach (GroupRow row in rows)
        {
            sets[row.Number] = CatalogJson.ReadSet(catalog, row.RatePlans);
            names[row.Number] = row.Name;
        }

        return (sets, names);
    }

    private sealed record GroupRow
    {
        public int Number { get; init; }

        public string Name { get; init; } = "";

        public string RatePlans { get; init; } = "[]";
    }

    private sealed class SnapshotReader(IReadOnlySet<int> failedComponents)
    {
        public DeviceColumns Devices { get; } = new();

        public List<int> Positions { get; } = [];

        public List<int> ComponentOf { get; } = [];

        public List<ushort> CommGroupOf { get; } = [];

        public List<Exclusion> ExclusionOf { get; } = [];

        public void Read(DbDataReader row)
        {
            int component = row.GetInt32(1);
            var exclusion = (Exclusion)row.GetInt32(3);
            Positions.Add(row.GetInt32(0));
            ComponentOf.Add(component);
            CommGroupOf.Add((ushort)row.GetInt32(2));
            ExclusionOf.Add(exclusion == Exclusion.None && failedComponents.Contains(component) ? Exclusion.ComponentFailed : exclusion);
            Devices.Add(new DeviceCells
            {
                Iccid = row.GetString(4),
                Msisdn = Text(row, 5),
                Status = Text(row, 6),
                CommunicationPlan = Text(row, 7),
                RatePlan = Text(row, 8),
                RawUsageBytes = row.GetInt64(9),
                UsageBytes = row.GetInt64(10),
                SmsCount = row.GetInt32(11),
                ActiveDays = row.GetInt32(12),
            });
        }

        private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }
}
