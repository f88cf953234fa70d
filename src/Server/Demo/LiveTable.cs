using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ringwright.Server.Demo;

/// <summary>
/// What the user watches: the calls under way with a progress bar, or one plain line per finished call where there is no terminal.
/// </summary>
internal sealed class LiveTable(IAnsiConsole console, IReadOnlyList<Reminder> reminders)
{
    private const int Rows = 20;
    private const int BarWidth = 50;

    public async Task WatchAsync(Task work)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Capabilities.Ansi)
        {
            await work;
            return;
        }
        await console.Live(Draw()).AutoClear(true).StartAsync(async live =>
        {
            while (!work.IsCompleted)
            {
                live.UpdateTarget(Draw());
                await Task.WhenAny(work, Task.Delay(200));
            }
        });
        await work;
    }

    /// <summary>One line per finished attempt, for logs and pipes.</summary>
    public void Note(Reminder reminder)
    {
        if (console.Profile.Capabilities is { Interactive: true, Ansi: true } || reminder.State is not ReminderState.Done) return;
        int done = reminders.Count(r => r.State is ReminderState.Done);
        console.WriteLine($"{done,3}/{reminders.Count}  {reminder.Contact.Name,-8} {reminder.Contact.Phone}  try {reminder.Attempts}  "
            + $"{Words(reminder.Outcome)}");
    }

    private IRenderable Draw()
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("#", "Name", "Phone", "State", "Digit", "Outcome");
        foreach (var reminder in reminders.Where(r => r.State is not ReminderState.Waiting).OrderBy(r => r.State is ReminderState.Done)
                .ThenByDescending(r => r.ChangedAt).Take(Rows))
            table.AddRow($"{reminder.Number}", Markup.Escape(reminder.Contact.Name), Markup.Escape(reminder.Contact.Phone), State(reminder),
                Markup.Escape(reminder.Digits ?? ""), Colour(reminder));
        int done = reminders.Count(r => r.State is ReminderState.Done);
        int filled = done * BarWidth / reminders.Count;
        return new Rows(table, new Markup(
            $"[green]{new string('█', filled)}[/][grey]{new string('░', BarWidth - filled)}[/] {done} of {reminders.Count} called"));
    }

    private static string State(Reminder reminder) => reminder.State switch
    {
        ReminderState.Dialling => "[grey]dialling[/]",
        ReminderState.Ringing => "[yellow]ringing[/]",
        ReminderState.Talking => "[aqua]speaking[/]",
        ReminderState.Listening => "[blue]listening[/]",
        ReminderState.Machine => "[purple]machine[/]",
        _ => "[grey]done[/]",
    };

    private static string Colour(Reminder reminder) => reminder.Outcome switch
    {
        null => "",
        Outcome.Confirmed => "[green]confirmed[/]",
        Outcome.Failed => "[red]failed[/]",
        var outcome => Words(outcome),
    };

    public static string Words(Outcome? outcome) => outcome switch
    {
        Outcome.Confirmed => "confirmed",
        Outcome.Cancelled => "cancelled",
        Outcome.OtherKey => "pressed another key",
        Outcome.NoInput => "answered, pressed nothing",
        Outcome.MessageLeft => "left a message",
        Outcome.HungUp => "hung up early",
        Outcome.Busy => "busy",
        Outcome.NoAnswer => "no answer",
        Outcome.Declined => "declined",
        Outcome.WrongNumber => "no such number",
        Outcome.Failed => "failed",
        _ => "",
    };
}
