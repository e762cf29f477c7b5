using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Items of a large fleet without sorting it: one pass counts SIMs and sums usage per class and usage bin. Bins in which the choice
/// turns are refined to single usages. The fleet is worked on in chunks whose number does not change the result.
/// </summary>
/// <remarks>docs/engine.md, "Don't sort".</remarks>
internal sealed class HistogramItems : IItemSource
{
    /// <summary>Bins per doubling of the usage: 2^10, so that a bin is 0.1 % wide.</summary>
    private const int BinBits = 10;
    private const int BinsMax = 1 << 22;
    private const ushort MixedCode = ushort.MaxValue - 1;
    private const ushort RefinedCode = ushort.MaxValue - 2;
    private const ushort WatchedCode = ushort.MaxValue - 3;

    private readonly SearchModel _model;
    private readonly UsageBins _bins;
    private readonly int _binsPerClass;
    private readonly int _chunks;
    private readonly int[][] _count;
    private readonly long[][] _sum;
    private bool[] _isRefined;
    private int[] _refinedDevices = [];
    private int[] _refinedStart = [];
    private int[] _itemOfBin = [];
    private int[] _binOfItem = [];

    private HistogramItems(SearchModel model, UsageBins bins, int binsPerClass, int threads)
    {
        _model = model;
        _bins = bins;
        _binsPerClass = binsPerClass;
        _chunks = threads;
        _count = new int[_chunks][];
        _sum = new long[_chunks][];
        int all = model.Classes.Count * binsPerClass;
        _isRefined = new bool[all];
        Parallel.For(0, _chunks, chunk =>
        {
            _count[chunk] = new int[all];
            _sum[chunk] = new long[all];
            CountChunk(chunk);
        });
        Table = Summarise();
    }

    public ItemTable Table { get; private set; }

    /// <returns><c>null</c> when the fleet has costs that are no straight lines, or too many classes to count by bin.</returns>
    public static HistogramItems? TryCreate(SearchModel model)
    {
        if (model.Classes.Any(deviceClass => !deviceClass.IsLinear))
        {
            return null;
        }

        int threads = Math.Max(1, model.Options.Threads);

        // Bins for all usages there can be cost a single class less than a look for the largest.
        long usageMax = model.Classes.Count <= 1 ? Limits.UsageBytesMax : UsageMax(model.Fleet.UsageBytes, threads);
        for (int bits = BinBits; bits >= BinBits - 3; bits--)
        {
            var bins = new UsageBins(bits);
            int perClass = bins.Count(usageMax);
            if ((long)perClass * model.Classes.Count <= BinsMax)
            {
                return new HistogramItems(model, bins, perClass, threads);
            }
        }

        return null;
    }

    /// <summary>Breaks the bins around the given usages up into single usages.</summary>
    public void Refine(IEnumerable<(int Class, double Usage)> breakpoints)
    {
        _isRefined = new bool[_isRefined.Length];
        foreach ((int c, double usage) in breakpoints)
        {
            int bin = _bins.BinOf((long)Math.Clamp(usage, 0, Limits.UsageBytesMax));
            for (int near = Math.Max(0, bin - 1); near <= Math.Min(_binsPerClass - 1, bin + 1); near++)
            {
                _isRefined[(c * _binsPerClass) + near] = true;
            }
        }

        var found = new List<(int Device, int Bin)>[_chunks];
        Parallel.For(0, _chunks, chunk => found[chunk] = FindRefined(chunk));
        (int Device, int Bin)[] all = [.. found.SelectMany(part => part)];
        _refinedDevices = Array.ConvertAll(all, pair => pair.Device);
        var keys = Array.ConvertAll(all, pair => ((UInt128)(uint)(pair.Bin / _binsPerClass) << 96)
            | ((UInt128)(ulong)_model.Fleet.UsageBytes[pair.Device] << 32) | (uint)pair.Device);
        Array.Sort(keys, _refinedDevices);
        Table = Summarise();
    }

    public void Apply(ItemSplit split, ushort[] assignment) => Apply(split, assignment, []);

    public int[] Apply(ItemSplit split, ushort[] assignment, IReadOnlyList<(int Item, int Limit)> wanted)
    {
        var code = new ushort[_isRefined.Length];
        var quotas = new Quotas(_isRefined.Length);
        for (int bin = 0; bin < code.Length; bin++)
        {
            int item = _itemOfBin[bin];
            Alternative[] alternatives = _model.Classes[bin / _binsPerClass].Alternatives;
            if (_isRefined[bin])
            {
                code[bin] = RefinedCode;
            }
            else if (item < 0 || alternatives.Length == 0)
            {
                code[bin] = Fleet.NoPlan;
            }
            else if (split.Alternative[item] != ItemSplit.Mixed)
            {
                code[bin] = alternatives[split.Alternative[item]].Plan;
            }
            else
            {
                code[bin] = MixedCode;
                quotas.Add(bin, split.Counts[item], alternatives);
            }
        }

        var watched = new Watched(code, wanted.Where(want => _binOfItem[want.Item] >= 0).Select(want => (_binOfItem[want.Item], want.Limit)));
        var found = new List<(int Device, int Bin)>[_chunks];
        Parallel.For(0, _chunks, chunk => found[chunk] = ApplyChunk(chunk, code, quotas, watched, assignment));
        ApplyRefined(split, assignment);
        List<int> members = RefinedMembers(wanted);
        watched.AddFirst(found, members);
        return [.. members];
    }

    public int[] Members(IReadOnlyList<(int Item, int Limit)> wanted)
    {
        List<int> members = RefinedMembers(wanted);
        var watched = new Watched(
            new ushort[_isRefined.Length], wanted.Where(want => _binOfItem[want.Item] >= 0).Select(want => (_binOfItem[want.Item], want.Limit)));
        var found = new List<(int Device, int Bin)>[_chunks];
        Parallel.For(0, _chunks, chunk => found[chunk] = FindMembers(chunk, watched.Limits()));
        watched.AddFirst(found, members);
        return [.. members];
    }

    private List<int> RefinedMembers(IReadOnlyList<(int Item, int Limit)> wanted)
    {
        var members = new List<int>();
        foreach ((int item, int most) in wanted.Where(want => _binOfItem[want.Item] < 0))
        {
            int refined = ~_binOfItem[item];
            members.AddRange(_refinedDevices.AsSpan(
                _refinedStart[refined], Math.Min(most, _refinedStart[refined + 1] - _refinedStart[refined])));
        }

        return members;
    }

    private static long UsageMax(long[] usage, int threads)
    {
        var largest = new long[threads];
        Parallel.For(0, threads, chunk =>
        {
            (int from, int to) = Chunk(usage.Length, chunk, threads);
            long max = 0;
            for (int i = from; i < to; i++)
            {
                max = Math.Max(max, usage[i]);
            }

            largest[chunk] = max;
        });
        return largest.Max();
    }

    private static (int From, int To) Chunk(int count, int chunk, int chunks) =>
        ((int)((long)count * chunk / chunks), (int)((long)count * (chunk + 1) / chunks));

    private void CountChunk(int chunk)
    {
        (int from, int to) = Chunk(_model.Fleet.Count, chunk, _chunks);
        long[] usage = _model.Fleet.UsageBytes;
        int[]? classes = _model.ClassTable;
        int[] count = _count[chunk];
        long[] sum = _sum[chunk];
        UsageBins bins = _bins;
        int perClass = _binsPerClass;
        for (int device = from; device < to; device++)
        {
            long u = usage[device];
            int bin = classes is null ? bins.BinOf(u) : (classes[device] * perClass) + bins.BinOf(u);
            count[bin]++;
            sum[bin] += u;
        }
    }

    private ItemTable Summarise()
    {
        var devices = new List<int>();
        var usage = new List<long>();
        var binOfItem = new List<int>();
        var refinedStart = new List<int>();
        var classStart = new int[_model.Classes.Count + 1];
        _itemOfBin = new int[_isRefined.Length];
        int refined = 0;
        for (int bin = 0; bin < _isRefined.Length; bin++)
        {
            if (bin % _binsPerClass == 0)
            {
                classStart[bin / _binsPerClass] = devices.Count;
            }

            _itemOfBin[bin] = -1;
            int count = CountOf(bin);
            if (count == 0)
            {
                continue;
            }

            if (!_isRefined[bin])
            {
                _itemOfBin[bin] = devices.Count;
                binOfItem.Add(bin);
                devices.Add(count);
                usage.Add(SumOf(bin));
                continue;
            }

            // The refined SIMs are sorted by class and usage, so those of this bin come next.
            for (int end = refined + count; refined < end;)
            {
                int same = EndOfSameUsage(refined, end);
                binOfItem.Add(~refinedStart.Count);
                refinedStart.Add(refined);
                devices.Add(same - refined);
                usage.Add((same - refined) * _model.Fleet.UsageBytes[_refinedDevices[refined]]);
                refined = same;
            }
        }

        refinedStart.Add(refined);
        classStart[^1] = devices.Count;
        _binOfItem = [.. binOfItem];
        _refinedStart = [.. refinedStart];
        return new ItemTable
        {
            Model = _model,
            ClassStart = classStart,
            Devices = [.. devices],
            UsageBytes = [.. usage],
            OwnCost = new long[]?[]?[_model.Classes.Count],
        };
    }

    private int CountOf(int bin)
    {
        int count = 0;
        foreach (int[] chunk in _count)
        {
            count += chunk[bin];
        }

        return count;
    }

    private long SumOf(int bin)
    {
        long sum = 0;
        foreach (long[] chunk in _sum)
        {
            sum += chunk[bin];
        }

        return sum;
    }

    private int EndOfSameUsage(int from, int end)
    {
        long usage = _model.Fleet.UsageBytes[_refinedDevices[from]];
        int same = from + 1;
        while (same < end && _model.Fleet.UsageBytes[_refinedDevices[same]] == usage)
        {
            same++;
        }

        return same;
    }

    private List<(int Device, int Bin)> FindRefined(int chunk)
    {
        var found = new List<(int, int)>();
        (int from, int to) = Chunk(_model.Fleet.Count, chunk, _chunks);
        long[] usage = _model.Fleet.UsageBytes;
        int[]? classes = _model.ClassTable;
        UsageBins bins = _bins;
        int perClass = _binsPerClass;
        for (int device = from; device < to; device++)
        {
            int bin = bins.BinOf(usage[device]);
            bin = classes is null ? bin : bin + (classes[device] * perClass);
            if (_isRefined[bin])
            {
                found.Add((device, bin));
            }
        }

        return found;
    }

    private List<(int Device, int Bin)> FindMembers(int chunk, int[] limit)
    {
        var found = new List<(int, int)>();
        (int from, int to) = Chunk(_model.Fleet.Count, chunk, _chunks);
        long[] usage = _model.Fleet.UsageBytes;
        int[]? classes = _model.ClassTable;
        UsageBins bins = _bins;
        int perClass = _binsPerClass;
        for (int device = from; device < to; device++)
        {
            int bin = bins.BinOf(usage[device]);
            bin = classes is null ? bin : bin + (classes[device] * perClass);
            if (limit[bin] > 0)
            {
                limit[bin]--;
                found.Add((device, bin));
            }
        }

        return found;
    }

    /// <summary>Bins of which the first SIMs of the fleet are wanted, so many of each; their codes become <see cref="WatchedCode"/>.</summary>
    private sealed class Watched
    {
        private readonly int[] _limit;
        private readonly Dictionary<int, ushort> _planOf = [];

        public Watched(ushort[] code, IEnumerable<(int Bin, int Limit)> wanted)
        {
            _limit = new int[code.Length];
            foreach ((int bin, int limit) in wanted)
            {
                _limit[bin] = Math.Max(_limit[bin], limit);
                if (code[bin] < WatchedCode)
                {
                    _planOf[bin] = code[bin];
                    code[bin] = WatchedCode;
                }
            }
        }

        public int[] Limits() => (int[])_limit.Clone();

        public ushort PlanOf(int bin) => _planOf[bin];

        /// <summary>Of what the chunks found, the first of the fleet.</summary>
        public void AddFirst(List<(int Device, int Bin)>[] found, List<int> members)
        {
            int[] left = Limits();
            foreach ((int device, int bin) in found.SelectMany(part => part))
            {
                if (left[bin]-- > 0)
                {
                    members.Add(device);
                }
            }
        }
    }

    /// <summary>For each mixed bin the plans its SIMs take in the order of the fleet, as runs.</summary>
    private sealed class Quotas(int bins)
    {
        private readonly int[] _ofBin = new int[bins];

        public List<(int Bin, int[] Ends, ushort[] Plans)> All { get; } = [];

        public void Add(int bin, int[] counts, Alternative[] alternatives)
        {
            _ofBin[bin] = All.Count;
            int[] used = [.. Enumerable.Range(0, counts.Length).Where(a => counts[a] > 0)];
            int end = 0;
            int[] ends = Array.ConvertAll(used, a => end += counts[a]);
            All.Add((bin, ends, Array.ConvertAll(used, a => alternatives[a].Plan)));
        }

        public int Of(int bin) => _ofBin[bin];
    }

    private List<(int Device, int Bin)> ApplyChunk(int chunk, ushort[] code, Quotas quotas, Watched watched, ushort[] assignment)
    {
        var found = new List<(int Device, int Bin)>();
        int[] wanted = watched.Limits();
        // SIMs of a mixed bin take their plans in the order of the fleet; earlier chunks have used up the first places.
        var place = new int[quotas.All.Count];
        var run = new int[quotas.All.Count];
        for (int quota = 0; quota < place.Length; quota++)
        {
            (int bin, int[] ends, _) = quotas.All[quota];
            for (int earlier = 0; earlier < chunk; earlier++)
            {
                place[quota] += _count[earlier][bin];
            }

            while (run[quota] < ends.Length - 1 && place[quota] >= ends[run[quota]])
            {
                run[quota]++;
            }
        }

        (int from, int to) = Chunk(_model.Fleet.Count, chunk, _chunks);
        long[] usage = _model.Fleet.UsageBytes;
        int[]? classes = _model.ClassTable;
        UsageBins bins = _bins;
        int perClass = _binsPerClass;
        for (int device = from; device < to; device++)
        {
            int bin = bins.BinOf(usage[device]);
            bin = classes is null ? bin : bin + (classes[device] * perClass);
            ushort plan = code[bin];
            if (plan is >= WatchedCode and <= MixedCode)
            {
                plan = plan == WatchedCode ? watched.PlanOf(bin) : plan == MixedCode ? Take(quotas, quotas.Of(bin), place, run) : plan;
                if (wanted[bin] > 0)
                {
                    wanted[bin]--;
                    found.Add((device, bin));
                }
            }

            assignment[device] = plan;
        }

        return found;
    }

    private static ushort Take(Quotas quotas, int quota, int[] place, int[] run)
    {
        (_, int[] ends, ushort[] plans) = quotas.All[quota];
        int at = run[quota];
        while (place[quota] >= ends[at])
        {
            at++;
        }

        run[quota] = at;
        place[quota]++;
        return plans[at];
    }

    private static ushort PlanAt(int[] counts, Alternative[] alternatives, int place)
    {
        int alternative = 0;
        while (place >= counts[alternative])
        {
            place -= counts[alternative++];
        }

        return alternatives[alternative].Plan;
    }

    private void ApplyRefined(ItemSplit split, ushort[] assignment)
    {
        for (int item = 0; item < _binOfItem.Length; item++)
        {
            if (_binOfItem[item] >= 0)
            {
                continue;
            }

            int refined = ~_binOfItem[item];
            int first = _refinedStart[refined];
            Alternative[] alternatives = _model.Classes[_model.ClassOf(_refinedDevices[first])].Alternatives;
            for (int i = first; i < _refinedStart[refined + 1] && alternatives.Length > 0; i++)
            {
                assignment[_refinedDevices[i]] = split.Alternative[item] != ItemSplit.Mixed
                    ? alternatives[split.Alternative[item]].Plan
                    : PlanAt(split.Counts[item], alternatives, i - first);
            }
        }
    }
}
