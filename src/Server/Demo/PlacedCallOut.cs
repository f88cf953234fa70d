using System.Globalization;

namespace Ringwright.Server.Demo;

/// <summary>
/// The customer places each call, and learns what happens on it from what the node sends; what is done about it is the other half.
/// </summary>
internal abstract class PlacedCallOut(CallOutPlan plan) : CallOut(plan)
{
    /// <summary>
    /// A whole attempt: ringing, both prompts, and generous room. Past it the attempt counts as failed, so that the demo always ends.
    /// </summary>
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(60);

    /// <summary>Calls the contact.</summary>
    /// <returns>The call's name.</returns>
    protected abstract Task<string?> PlaceAsync(Reminder reminder, CancellationToken stop);

    public override async Task RunAsync(CancellationToken stop)
    {
        await Parallel.ForEachAsync(Plan.Reminders, new ParallelOptions { MaxDegreeOfParallelism = Plan.AtATime, CancellationToken = stop },
            async (reminder, stop) =>
            {
                await AttemptAsync(reminder, stop);
                if (reminder.Outcome is not Outcome.Busy) return;
                await Task.Delay(BusyPause, stop);
                await AttemptAsync(reminder, stop);
            });
    }

    private async Task AttemptAsync(Reminder reminder, CancellationToken stop)
    {
        reminder.Attempts++;
        reminder.AttemptEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        (reminder.Outcome, reminder.Detail, reminder.AnsweredBy) = (null, null, null);
        (reminder.IsLeavingMessage, reminder.HasLeftMessage) = (false, false);
        Enter(reminder, ReminderState.Dialling);
        try
        {
            reminder.Call = await PlaceAsync(reminder, stop);
            await reminder.AttemptEnded.Task.WaitAsync(AttemptLimit, stop);
        }
        catch (ReminderApiException e)
        {
            Finish(reminder, Outcome.Failed, e.Message);
        }
        catch (TimeoutException)
        {
            Finish(reminder, Outcome.Failed, "nothing told of its end");
        }
    }

    /// <param name="cause">In the words of the API.</param>
    protected static Outcome Judge(Reminder reminder, string? cause) =>
        (cause, reminder.GatherStatus, reminder.Digits) switch
        {
            ("normal_clearing", _, _) when reminder.HasLeftMessage => Outcome.MessageLeft,
            ("user_busy", _, _) => Outcome.Busy,
            ("timeout" or "no_answer", _, _) => Outcome.NoAnswer,
            ("call_rejected", _, _) => Outcome.Declined,
            ("not_found", _, _) => Outcome.WrongNumber,
            ("normal_clearing", "valid", "1") => Outcome.Confirmed,
            ("normal_clearing", "valid", "2") => Outcome.Cancelled,
            ("normal_clearing", "invalid", _) => Outcome.OtherKey,
            ("normal_clearing", "timeout", _) => Outcome.NoInput,
            ("normal_clearing", null or "call_hangup", _) => Outcome.HungUp,
            _ => Outcome.Failed,
        };

    /// <summary>Whose call it is; null when it is none of the attempt that is under way.</summary>
    /// <param name="state">Number and attempt.</param>
    protected Reminder? Find(string state)
    {
        string[] parts = state.Split(':');
        return parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out int number)
            && number >= 1 && number <= Plan.Reminders.Count && Plan.Reminders[number - 1] is var reminder
            && reminder.Attempts.ToString(CultureInfo.InvariantCulture) == parts[1] ? reminder : null;
    }
}
