using Ringwright.Calls;

namespace Ringwright.Simulation;

/// <summary>Mailboxes in memory, all with the PIN 4321.</summary>
internal sealed class SimMailboxes : IMailboxes
{
    private readonly List<VoiceMessage> _messages = [];
    private readonly HashSet<string> _numbers = new(StringComparer.Ordinal);

    public int Tries { get; private set; }

    public void Add(VoiceMessage message) => _messages.Add(message);

    /// <summary>Calls to this number of the world's connection are taken by voicemail when nobody else takes them.</summary>
    public void Open(string number) => _numbers.Add(number);

    /// <summary>The same with the numbers that have a mailbox.</summary>
    public RoutingSnapshot In(RoutingSnapshot routing)
    {
        if (_numbers.Count == 0) return routing;
        var changes = new RoutingChanges();
        foreach (string number in _numbers)
        {
            changes.Numbers[number] = new(number, SimWorld.Tenant, SimWorld.Connection);
            changes.Mailboxes[(SimWorld.Tenant, number)] = new(SimWorld.Tenant, number);
        }
        return routing.With(changes);
    }

    public ValueTask<IReadOnlyList<VoiceMessage>> ListAsync(VoiceMailbox mailbox, CancellationToken stop) => new([.. _messages]);

    public ValueTask<PinJudged> JudgeAsync(VoiceMailbox mailbox, string pin, CancellationToken stop)
    {
        Tries++;
        return new(pin is "4321" ? PinJudged.Right : PinJudged.Wrong);
    }

    public ValueTask MarkHeardAsync(VoiceMailbox mailbox, Guid message, CancellationToken stop)
    {
        int at = _messages.FindIndex(kept => kept.Id == message);
        if (at >= 0) _messages[at] = _messages[at] with { IsHeard = true };
        return default;
    }

    public ValueTask<bool> DeleteAsync(VoiceMailbox mailbox, Guid message, CancellationToken stop) =>
        new(_messages.RemoveAll(kept => kept.Id == message) > 0);
}
