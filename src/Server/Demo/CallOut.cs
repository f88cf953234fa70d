using System.Globalization;

namespace Ringwright.Server.Demo;

/// <summary>What a call-out needs, however its calls are commanded.</summary>
/// <param name="Connection">The application that the calls are of; empty where a campaign places them.</param>
/// <param name="Recordings">Folder for what is said on the calls.</param>
internal sealed record CallOutPlan(ReminderApi Api, string Connection, string From, string Recordings, IReadOnlyList<Reminder> Reminders,
    int AtATime, Action<Reminder> Changed);

/// <summary>
/// The appointment-reminder campaign, written as a customer would write it: a number of calls at a time; busy is called once more. What
/// happens on a call is learnt from what the node sends.
/// </summary>
internal abstract class CallOut(CallOutPlan plan)
{
    protected const int RingSeconds = 20;
    protected static readonly TimeSpan BusyPause = TimeSpan.FromSeconds(2);

    protected CallOutPlan Plan => plan;

    /// <summary>Until the last contact has its outcome.</summary>
    public abstract Task RunAsync(CancellationToken stop);

    /// <summary>One body that the node has sent, and whose signature is right.</summary>
    /// <param name="of">What the URL says that it is of; null when it says nothing.</param>
    public abstract Task HandleAsync(byte[] body, string? of);

    /// <summary>What a call asks for by a name; empty where it asks for nothing.</summary>
    public virtual string Answer(string name, IFormCollection form) => "";

    /// <summary>Saves a recording that the node has told of.</summary>
    /// <param name="extension">With its point.</param>
    protected async Task SaveAsync(Reminder reminder, string url, string extension)
    {
        string file = Path.Combine(plan.Recordings,
            string.Create(CultureInfo.InvariantCulture, $"{reminder.Number:00}-{Letters(reminder.Contact.Name)}{extension}"));
        await plan.Api.DownloadAsync(url, file, default);
        reminder.Recording = file;
    }

    /// <summary>A name as part of a file name.</summary>
    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit));

    protected void Enter(Reminder reminder, ReminderState state)
    {
        // Webhooks may overtake each other: a call never goes back to an earlier state.
        if (reminder.State is not ReminderState.Done && state is not ReminderState.Dialling && state < reminder.State) return;
        (reminder.State, reminder.ChangedAt) = (state, DateTimeOffset.UtcNow);
        plan.Changed(reminder);
    }

    protected void Finish(Reminder reminder, Outcome outcome, string? detail)
    {
        (reminder.Outcome, reminder.Detail) = (outcome, detail);
        (reminder.State, reminder.ChangedAt) = (ReminderState.Done, DateTimeOffset.UtcNow);
        plan.Changed(reminder);
        reminder.AttemptEnded.TrySetResult();
    }

    protected static DateTimeOffset Time(string? text) => DateTimeOffset.Parse(text!, CultureInfo.InvariantCulture);
}
