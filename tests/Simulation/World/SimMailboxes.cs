using Ringwright.Calls;

namespace Ringwright.Simulation;

/// <summary>Mailboxes in memory, all with the PIN 4321.</summary>
internal sealed class SimMailboxes : IMailboxes
{
    private readonly List<VoiceMessage> _messages = [];

    public int Tries { get; private set; }

    public void Add(VoiceMessage message) => _messages.Add(message);

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
