using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Programs;

/// <summary>
/// Takes a message for a number whose calls nobody has taken: a greeting, a beep, and what the caller says until he is silent. Whoever
/// presses * meanwhile and knows the PIN hears the messages. Where there is no voice, the beep is all that is heard.
/// </summary>
/// <param name="number">+E.164, of the leg's own account.</param>
internal sealed class VoicemailLine(string number, IMailboxes mailboxes) : ICallProgram
{
    private static readonly TimeSpan BeforeBeep = TimeSpan.FromSeconds(1), ForFirstWord = TimeSpan.FromSeconds(10),
        ForPin = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromSeconds(1);

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        // Somebody else has answered in this very moment: then it is his call.
        if (!(await call.SendAsync(new LegCommand.Answer())).IsAccepted) await call.SitOutAsync();
        else if (await call.NextAsync<CallEvent.LegAnswered>() is not null) return await GreetAsync(call);
        return null;
    }

    private async ValueTask<ICallProgram?> GreetAsync(IProgramCall call)
    {
        var mailbox = new VoiceMailbox(call.Leg.Tenant, number);
        bool isFull = (await mailboxes.ListAsync(mailbox, call.Stop)).Count >= MailboxLimits.Messages;
        // Nobody but the caller would know of it.
        if (isFull) await call.SendAsync(new LegCommand.Note(NoteKind.Warning, "the mailbox is full and takes no more messages"));
        string asked = isFull ? "Its mailbox is full and takes no more messages." : "Please leave a message after the tone.";
        char? key = await call.AskKeyAsync(Spoken.Text($"You have reached {Spoken.Digits(number)}. Nobody can take your call. {asked}"),
            BeforeBeep);
        if (key is '*') return await LogInAsync(call, mailbox);
        if (!isFull) await TakeAsync(call);
        return null;
    }

    /// <summary>Records until the caller is silent, presses a key, hangs up, or has talked for as long as he may.</summary>
    private async Task TakeAsync(IProgramCall call)
    {
        var plan = new RecordPlan
        {
            Id = Guid.CreateVersion7(), Mailbox = number, Track = RecordTrack.Inbound, Beeps = true, TrimsSilence = true,
            MaximumLength = MailboxLimits.LongestMessage, SilenceLimit = MailboxLimits.Silence,
        };
        await call.SendAsync(new LegCommand.WatchVoice(Pause));
        var ack = await call.SendAsync(new LegCommand.RecordStart(plan));
        if (!ack.IsAccepted)
        {
            await call.SendAsync(new LegCommand.Note(NoteKind.Warning, $"no message is recorded: {SnakeName.Of(ack.Refusal)}"));
            return;
        }
        var silence = WaitAsync(call, ForFirstWord);
        for (bool isStopped = false; ;)
        {
            var next = call.NextAsync().AsTask();
            if (!isStopped && await Task.WhenAny(next, silence) == silence && !next.IsCompleted)
            {
                isStopped = true;
                await call.SendAsync(new LegCommand.RecordStop(plan.Id));
            }
            var happened = await next;
            if (happened is null or CallEvent.RecordingFailed) return;
            if (happened is CallEvent.RecordingSaved)
            {
                await call.AskKeyAsync(Spoken.Text("Thank you. Goodbye."), TimeSpan.FromMilliseconds(100));
                return;
            }
            if (happened is CallEvent.VoiceChanged { IsTalking: true }) silence = WaitAsync(call, Timeout.InfiniteTimeSpan);
            if (isStopped || happened is not CallEvent.DigitReceived) continue;
            isStopped = true;
            await call.SendAsync(new LegCommand.RecordStop(plan.Id));
        }
    }

    /// <summary>
    /// What goes on behind a delay that was cancelled does so on the thread pool, whoever's scheduler waits; behind this it stays where the
    /// program runs.
    /// </summary>
    private static async Task WaitAsync(IProgramCall call, TimeSpan span) => await call.WaitAsync(span);

    /// <summary>
    /// A PIN that is wrong too often ends the call; of many calls it locks the mailbox for a while, for all but its own phone.
    /// </summary>
    private async ValueTask<ICallProgram?> LogInAsync(IProgramCall call, VoiceMailbox mailbox)
    {
        string asked = "Please enter your PIN, and then the hash key.";
        for (int tries = 0; tries < MailboxLimits.PinTries; tries++)
        {
            if (await call.AskAsync(new()
            {
                Prompt = Spoken.Text(asked), MinimumDigits = MailboxLimits.FewestPinDigits, MaximumDigits = MailboxLimits.MostPinDigits,
                ValidDigits = "0123456789", TerminatingDigits = "#", InitialTimeout = ForPin, InterDigitTimeout = ForPin,
            }) is not { } gathered) return null;
            var judged = gathered.Status is GatherStatus.Valid
                ? await mailboxes.JudgeAsync(mailbox, gathered.Digits, call.Stop) : PinJudged.Wrong;
            if (judged is PinJudged.Right) return new MailboxMenu(number, mailboxes);
            if (judged is not PinJudged.Wrong)
            {
                await call.AskKeyAsync(Spoken.Text(judged is PinJudged.Locked ? "This mailbox is locked. Please try again later."
                    : "This mailbox can be heard from its own phone only."), TimeSpan.FromMilliseconds(100));
                return null;
            }
            asked = "This was not right. Please enter your PIN, and then the hash key.";
        }
        return null;
    }
}
