using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Snapshots;
using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>Writes the frozen inputs of a session: SIMs, comm groups, components, plans.</summary>
internal sealed class SnapshotWriter(
    SessionHeader session, DeviceRecords records, FrozenPlans plans, DeviceGrouping grouping, ComponentTable components,
    TimeProvider time)
{
    public async Task SaveAsync(StageTransaction transaction, CancellationToken cancellationToken)
    {
        var devicesOf = new int[components.Count];
        await transaction.BulkInsertAsync(GroupDevicesSql.SnapshotDevice, DeviceRows(devicesOf), cancellationToken);
        await AddGroupsAsync(transaction, cancellationToken);
        await AddComponentsAsync(transaction, devicesOf, cancellationToken);
        await transaction.ExecuteAsync(
            GroupDevicesSql.FreezeInstance,
            new { session.InstanceId, catalog = CatalogJson.Write(plans), components = components.Count },
            cancellationToken);
        if (components.FirstFailed < components.Count)
        {
            await transaction.ExecuteAsync(GroupDevicesSql.MarkErrors, new { session.SessionId }, cancellationToken);
        }
    }

    /// <summary>Also counts the SIMs of each component.</summary>
    private IEnumerable<object?[]> DeviceRows(int[] devicesOf)
    {
        object instance = session.InstanceId;
        object tenant = session.TenantId;
        int periodDays = plans.Catalog.Rules.PeriodDays;
        long[] raw = records.RawUsageBytes ?? records.UsageBytes;
        for (int device = 0; device < records.Count; device++)
        {
            int component = components.Of(device);
            if (component != ComponentTable.None)
            {
                devicesOf[component]++;
            }

            yield return
            [
                instance, device, tenant, component, (int)grouping.CommGroupOf[device], (int)grouping.ExclusionOf[device],
                records.Iccids[device].ToString(), records.Msisdn is { } phones ? PhoneNumber.Unpack(phones[device]) : null,
                records.StatusOf(device), records.CommunicationPlanOf(device), records.RatePlanOf(device),
                raw[device], records.UsageBytes[device], records.SmsCount?[device] ?? 0,
                (int)(records.ActiveDays?[device] ?? periodDays),
            ];
        }
    }

    private async Task AddGroupsAsync(StageTransaction transaction, CancellationToken cancellationToken)
    {
        for (int number = 0; number < grouping.Groups.Count; number++)
        {
            CommGroup group = grouping.Groups[number];
            if (group.Devices > 0)
            {
                await transaction.ExecuteAsync(
                    GroupDevicesSql.AddCommGroup,
                    new
                    {
                        session.InstanceId,
                        Number = number,
                        session.TenantId,
                        group.Name,
                        RatePlans = CatalogJson.WriteSet(plans.Catalog, group.AllowedPlans),
                        group.Devices,
                        group.OptimisedDevices,
                        Component = components.OfGroup(number),
                    },
                    cancellationToken);
            }
        }
    }

    private async Task AddComponentsAsync(StageTransaction transaction, int[] devicesOf, CancellationToken cancellationToken)
    {
        for (int number = 0; number < components.Count; number++)
        {
            bool hasFailed = number >= components.FirstFailed;
            await transaction.ExecuteAsync(
                GroupDevicesSql.AddComponent,
                new
                {
                    session.InstanceId,
                    Number = number,
                    session.TenantId,
                    Status = (hasFailed ? CandidateStatus.Failed : CandidateStatus.NotStarted).ToString(),
                    Devices = devicesOf[number],
                    Error = hasFailed ? ErrorOf(number) : null,
                    DoneAt = hasFailed ? time.GetUtcNow() : (DateTimeOffset?)null,
                },
                cancellationToken);
        }
    }

    private string ErrorOf(int component)
    {
        CommGroup group = Enumerable.Range(0, grouping.Groups.Count).Where(number => components.OfGroup(number) == component)
            .Select(number => grouping.Groups[number]).First();
        return $"Comm group {group.Name}: every rate plan it allows is invalid or retired, and some of its SIMs are on one of them. "
            + "Correct the plans at the carrier, or allow another one.";
    }
}
