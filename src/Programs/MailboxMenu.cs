using Ringwright.Calls;

namespace Ringwright.Programs;

/// <summary>
/// Plays the messages of a number to its owner, new ones first: 1 plays one again, 2 deletes it, 3 keeps it and goes on, * hangs up. One
/// that he has heard to its end, or pressed a key for, is not new any more.
/// </summary>
/// <param name="number">+E.164, of the leg's own account.</param>
internal sealed class MailboxMenu(string number, IMailboxes mailboxes) : ICallProgram
{
    private const string Choices = "To hear it again, press 1. To delete it, press 2. To keep it, press 3.";
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(200), ForChoice = TimeSpan.FromSeconds(6);

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        if (call.Leg.AnsweredAt is null)
        {
            if (!(await call.SendAsync(new LegCommand.Answer())).IsAccepted || await call.NextAsync<CallEvent.LegAnswered>() is null)
                return null;
        }
        var mailbox = new VoiceMailbox(call.Leg.Tenant, number);
        var messages = (await mailboxes.ListAsync(mailbox, call.Stop)).OrderBy(message => message.IsHeard).ToList();
        int unheard = messages.Count(message => !message.IsHeard);
        await call.AskKeyAsync(Spoken.Text($"You have {Spoken.Count(unheard, "new message")} and "
            + $"{Spoken.Count(messages.Count - unheard, "old message")}."), AtOnce);
        foreach (var message in messages)
            if (!await PlayAsync(call, mailbox, message)) return null;
        if (messages.Count > 0) await call.AskKeyAsync(Spoken.Text("There are no more messages. Goodbye."), AtOnce);
        return null;
    }

    /// <returns>False when he has hung up, or wants to.</returns>
    private async Task<bool> PlayAsync(IProgramCall call, VoiceMailbox mailbox, VoiceMessage message)
    {
        while (true)
        {
            var sound = new PromptSource.Message(message.Id);
            if (await call.AskAsync(Spoken.KeyBehind(sound, AtOnce)) is not { Status: not GatherStatus.CallHangup } played) return false;
            if (!message.IsHeard) await mailboxes.MarkHeardAsync(mailbox, message.Id, call.Stop);
            char? key = played.Digits.Length > 0 ? played.Digits[0] : await call.AskKeyAsync(Spoken.Text(Choices), ForChoice);
            if (key is '*') return false;
            if (key is '1') continue;
            if (key is '2') await mailboxes.DeleteAsync(mailbox, message.Id, call.Stop);
            return !call.Stop.IsCancellationRequested;
        }
    }
}
