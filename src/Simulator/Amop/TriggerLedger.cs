using System.Globalization;

namespace CarrierOptimization.Simulator.Amop;

/// <summary>What arrived: keys, the order within each session, violations. Not safe for threads.</summary>
internal sealed class TriggerLedger(AmopSimulatorOptions options, TimeProvider time)
{
    private readonly Dictionary<string, string> _bodyOfKey = [];
    private readonly Dictionary<string, SessionOrder> _orderOf = [];
    private readonly Queue<ArrivedTrigger> _triggers = new();
    private readonly List<AmopViolation> _violations = [];

    public IReadOnlyCollection<ArrivedTrigger> Triggers => _triggers;

    public IReadOnlyList<AmopViolation> Violations => _violations;

    /// <summary>Triggers taken since the start, each counted once.</summary>
    public int Taken { get; private set; }

    /// <summary>Calls that repeated a trigger taken before.</summary>
    public int Repeated { get; private set; }

    /// <summary>Takes a trigger that is as described.</summary>
    /// <returns>False when the key was used for something else.</returns>
    public bool TryTake(ArrivedTrigger trigger)
    {
        if (_bodyOfKey.TryGetValue(trigger.IdempotencyKey, out string? body))
        {
            if (body == trigger.Body)
            {
                Repeated++;
                return true;
            }

            Violate("idempotency-key", $"Key {trigger.IdempotencyKey} came again with another body.", trigger.IdempotencyKey);
            return false;
        }

        CheckOrder(trigger);
        _bodyOfKey.Add(trigger.IdempotencyKey, trigger.Body);
        _triggers.Enqueue(trigger);
        Taken++;
        if (_triggers.Count > options.TriggersKept)
        {
            _bodyOfKey.Remove(_triggers.Dequeue().IdempotencyKey);
        }

        options.TriggerSink?.Invoke(trigger);
        return true;
    }

    /// <summary>Remembers that a trigger was refused for good: its place in the sequence stays empty, and that is no gap.</summary>
    public void RefuseForGood(string sessionId, int sequence) => OrderOf(sessionId).Refused.Add(sequence);

    public void Violate(string rule, string sentence, string? key)
    {
        var violation = new AmopViolation(time.GetUtcNow(), rule, sentence, key);
        if (_violations.Count < options.TriggersKept)
        {
            _violations.Add(violation);
        }

        options.ViolationSink?.Invoke(violation);
    }

    private void CheckOrder(ArrivedTrigger trigger)
    {
        SessionOrder order = OrderOf(trigger.SessionId);
        int expected = order.Sequence + 1;
        while (order.Refused.Contains(expected) && expected < trigger.Sequence)
        {
            expected++;
        }

        // A refused trigger may be sent again by hand, after later ones.
        bool isResent = order.Refused.Contains(trigger.Sequence) && trigger.Sequence <= order.Sequence;
        Expect(
            trigger.Sequence == expected || isResent, "sequence",
            string.Create(CultureInfo.InvariantCulture, $"X-Sequence is {trigger.Sequence}; expected {expected}"));
        order.Sequence = Math.Max(order.Sequence, trigger.Sequence);
        if (trigger.Type == "ErrorMessage" || isResent)
        {
            return;
        }

        Expect(trigger.Progress >= order.Progress, "progress", $"Progress falls from {order.Progress} to {trigger.Progress}");
        Expect(!order.IsComplete, "completion", $"a trigger of type {trigger.Type} came after the completion");
        Expect(
            order.Guid is null || order.Guid == trigger.SessionGuid, "OptimizationSessionGuid",
            $"OptimizationSessionGuid is {trigger.SessionGuid}; it was {order.Guid} before");
        order.Progress = Math.Max(order.Progress, trigger.Progress);
        order.Guid ??= trigger.SessionGuid;
        order.IsComplete |= trigger.Type == "Completion";

        void Expect(bool isSo, string rule, string otherwise)
        {
            if (!isSo)
            {
                Violate(rule, $"Session {trigger.SessionId}: {otherwise}.", trigger.IdempotencyKey);
            }
        }
    }

    private SessionOrder OrderOf(string sessionId)
    {
        if (!_orderOf.TryGetValue(sessionId, out SessionOrder? order))
        {
            _orderOf.Add(sessionId, order = new SessionOrder());
        }

        return order;
    }

    private sealed class SessionOrder
    {
        public int Sequence { get; set; }

        public int Progress { get; set; }

        public Guid? Guid { get; set; }

        public bool IsComplete { get; set; }

        public HashSet<int> Refused { get; } = [];
    }
}
