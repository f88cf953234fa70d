using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Edge.Texml;
using Ringwright.Programs;

namespace Ringwright.Edge.Programs;

/// <summary>What becomes of a caller whom voicemail cannot serve is told to more than to him.</summary>
public sealed class VoicemailLineTests
{
    [Fact]
    public async Task A_full_mailbox_is_a_warning_of_the_call_that_it_turns_away()
    {
        var call = new ScriptedCall();
        call.Happen(new CallEvent.LegAnswered { Leg = call.Leg, At = Script.At(2), Codec = "PCMU", SampleRate = 8_000 });
        Assert.Null(await new VoicemailLine(call.Leg.To, new FullMailbox()).RunAsync(call));
        Assert.Equal(["the mailbox is full and takes no more messages"], call.Warnings);
        Assert.Empty(call.Commands.OfType<LegCommand.RecordStart>());
    }

    private sealed class FullMailbox : IMailboxes
    {
        private static readonly VoiceMessage Kept = new(Guid.NewGuid(), "+15550100001", default, TimeSpan.FromSeconds(3), IsHeard: false);

        public ValueTask<IReadOnlyList<VoiceMessage>> ListAsync(VoiceMailbox mailbox, CancellationToken stop) =>
            new([.. Enumerable.Repeat(Kept, MailboxLimits.Messages)]);

        public ValueTask<PinJudged> JudgeAsync(VoiceMailbox mailbox, string pin, CancellationToken stop) => new(PinJudged.None);
        public ValueTask MarkHeardAsync(VoiceMailbox mailbox, Guid message, CancellationToken stop) => default;
        public ValueTask<bool> DeleteAsync(VoiceMailbox mailbox, Guid message, CancellationToken stop) => new(false);
    }
}
