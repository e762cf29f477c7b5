namespace CarrierOptimization.Engine.Search;

/// <summary>Groups SIMs into classes of a chain: within one, SIMs differ in usage only.</summary>
internal static class ChainClasses
{
    /// <param name="devices">SIMs with at least one alternative.</param>
    public static List<ChainClass> Form(SearchModel model, IEnumerable<int> devices)
    {
        var members = new SortedDictionary<(int Class, long Usage, int Sms), List<int>>();
        foreach (int device in devices)
        {
            int c = model.ClassOf(device);
            bool linear = model.Classes[c].IsLinear;
            var key = (c, linear ? 0 : model.Fleet.UsageBytes[device], linear || !model.HasSms ? 0 : model.Fleet.SmsCount![device]);
            if (!members.TryGetValue(key, out List<int>? list))
            {
                members.Add(key, list = []);
            }

            list.Add(device);
        }

        return [.. members.Select(pair => Class(model, pair.Key.Class, [.. pair.Value]))];
    }

    private static ChainClass Class(SearchModel model, int modelClass, int[] devices)
    {
        long[] usage = Array.ConvertAll(devices, device => model.Fleet.UsageBytes[device]);
        Array.Sort(usage, devices);
        long[] cost = Array.ConvertAll(
            model.Classes[modelClass].Alternatives, alternative => model.OwnCost(devices[0], alternative));
        return new ChainClass(modelClass, cost, usage, devices);
    }
}
