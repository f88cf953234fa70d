using Spectre.Console;

namespace Ringwright.Server.Demo;

/// <summary>The figures at the end of the demo, and whether each contact's outcome is what its person must give.</summary>
internal sealed class Summary(IAnsiConsole console, IReadOnlyList<Reminder> reminders)
{
    /// <summary>Contacts whose outcome is not the expected one.</summary>
    public IReadOnlyList<Reminder> Mismatches { get; } = [.. reminders.Where(r => !r.IsAsExpected)];

    /// <summary>Each call that was answered has been recorded, and the file is here.</summary>
    public bool HasAllRecordings { get; } = reminders.All(r => r.AnsweredAt is null || r.Recording is not null);

    /// <param name="recordings">The folder that the recordings were saved in.</param>
    public void Write(TimeSpan took, int delivered, int failed, WebhookSink sink, string recordings)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns(new TableColumn("Outcome"), new TableColumn("Contacts").RightAligned());
        foreach (var group in reminders.GroupBy(r => r.Outcome).OrderByDescending(g => g.Count()))
            table.AddRow(LiveTable.Words(group.Key), $"{group.Count()}");
        console.Write(table);

        int answered = reminders.Count(r => r.AnsweredAt is not null);
        var digits = reminders.Where(r => r.Digits is { Length: > 0 }).GroupBy(r => r.Digits!).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key}: {g.Count()}");
        console.WriteLine($"Calls        {reminders.Sum(r => r.Attempts)} to {reminders.Count} contacts in {took.TotalSeconds:F0} s");
        console.WriteLine($"Answered     {answered} of {reminders.Count} ({100.0 * answered / reminders.Count:F0} %)");
        var answeredBy = reminders.Where(r => r.AnsweredBy is not null).GroupBy(r => r.AnsweredBy!)
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key.Replace('_', ' ')}: {g.Count()}");
        console.WriteLine($"Answered by  {string.Join(", ", answeredBy)}");
        console.WriteLine($"Talk time    {TimeSpan.FromSeconds(Math.Round(reminders.Sum(r => r.TalkTime.TotalSeconds))):mm\\:ss} min");
        console.WriteLine($"Digits       {string.Join(", ", digits)}");
        console.WriteLine(
            $"Webhooks     {delivered} delivered, {failed} failed; {sink.Verified} signatures verified, {sink.Refused} refused");
        console.WriteLine($"Recordings   {reminders.Count(r => r.Recording is not null)} of {answered} answered calls in {recordings}");
        foreach (var reminder in reminders.Where(r => r is { HasLeftMessage: true, Recording: not null }))
            console.WriteLine($"  message    {reminder.Recording}");
        console.WriteLine();
        if (Mismatches.Count == 0)
        {
            console.MarkupLine($"[green]All {reminders.Count} outcomes are what the people behind the numbers must give.[/]");
            return;
        }
        console.MarkupLine($"[red]{Mismatches.Count} outcomes are wrong:[/]");
        foreach (var reminder in Mismatches)
            console.WriteLine($"  {reminder.Contact.Phone}  expected "
                + $"{string.Join(" or ", Expected.For(reminder.Contact.Phone).Select(o => LiveTable.Words(o)))}, got "
                + $"{LiveTable.Words(reminder.Outcome)} ({reminder.Detail})");
    }
}
