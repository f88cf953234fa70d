using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Campaigns.Windows;

/// <summary>What is wrong in a policy that somebody wrote.</summary>
/// <param name="Path">Where: "windows[0].start".</param>
/// <param name="Sentence">What, and what would be right.</param>
public readonly record struct WindowFault(string Path, string Sentence);

/// <summary>
/// Windows and excluded dates as JSON: <c>[{"days":["mon","tue"],"start":"09:00","end":"20:00"}]</c> and <c>["2026-12-25"]</c>. What is
/// read with a fault must not be dialled by: reading goes on only to name all faults at once.
/// </summary>
public static class CallingWindowJson
{
    public const int MostWindows = 100, MostDates = 1000;

    private const int MostShown = 40;

    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    private static readonly string[] Members = ["days", "start", "end"];

    /// <param name="windows">Null counts as an empty list: no windows are set.</param>
    /// <param name="path">What the list is called where it stands, "windows".</param>
    public static IReadOnlyList<CallingWindow> ReadWindows(JsonNode? windows, string path, ICollection<WindowFault> faults)
    {
        var read = new List<CallingWindow>();
        foreach (var (item, at) in Items(windows, path, "windows", MostWindows, faults))
            if (ReadWindow(item, at, faults) is { } window) read.Add(window);
        return read;
    }

    /// <inheritdoc cref="ReadWindows"/>
    public static IReadOnlySet<DateOnly> ReadDates(JsonNode? dates, string path, ICollection<WindowFault> faults)
    {
        var read = new HashSet<DateOnly>();
        foreach (var (item, at) in Items(dates, path, "dates", MostDates, faults))
        {
            if (!TryText(item, out string? text)
                || !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
                faults.Add(new(at, $"{Shown(item)} is no date; it is written as 2026-12-25."));
            else read.Add(date);
        }
        return read;
    }

    public static JsonArray Write(IEnumerable<CallingWindow> windows) =>
    [
        .. windows.Select(window => new JsonObject
        {
            ["days"] = new JsonArray([.. NamesOf(window.Days).Select(day => (JsonNode)day)]),
            ["start"] = CallingWindow.Text(window.Start),
            ["end"] = CallingWindow.Text(window.End),
        }),
    ];

    public static JsonArray Write(IEnumerable<DateOnly> dates) =>
        [.. dates.Order().Select(date => (JsonNode)date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))];

    /// <summary>"mon" and so on, in the order of the week.</summary>
    internal static IEnumerable<string> NamesOf(WeekDays days) => Days.Where((_, i) => ((int)days & (1 << i)) != 0);

    private static CallingWindow? ReadWindow(JsonNode? node, string path, ICollection<WindowFault> faults)
    {
        if (node is not JsonObject window)
        {
            faults.Add(new(path, $"{Shown(node)} is no window; one is an object with days, start and end."));
            return null;
        }
        int before = faults.Count;
        try
        {
            foreach (var (name, _) in window)
                if (!Members.Contains(name, StringComparer.Ordinal))
                    faults.Add(new($"{path}.{name}", "A window has days, start and end, and nothing else."));
        }
        catch (ArgumentException)
        {
            // A document's members are looked at when they are first asked for.
            faults.Add(new(path, "A member of the window stands there twice."));
            return null;
        }
        var days = ReadDays(window["days"], $"{path}.days", faults);
        var start = ReadTime(window["start"], $"{path}.start", "23:59", faults);
        var end = ReadTime(window["end"], $"{path}.end", "24:00", faults);
        if (start is not null && start == end)
            faults.Add(new($"{path}.end", "The window ends when it starts; a whole day is from 00:00 to 24:00."));
        return faults.Count == before && start is { } from && end is { } to ? new(days, from, to) : null;
    }

    private static WeekDays ReadDays(JsonNode? node, string path, ICollection<WindowFault> faults)
    {
        var days = WeekDays.None;
        if (node is null)
        {
            faults.Add(new(path, $"The days are missing; they are a list of {string.Join(", ", Days)}."));
            return days;
        }
        int before = faults.Count;
        foreach (var (item, at) in Items(node, path, "days", Days.Length, faults))
        {
            int index = TryText(item, out string? name) ? Array.IndexOf(Days, name) : -1;
            if (index < 0) faults.Add(new(at, $"{Shown(item)} is no day; days are {string.Join(", ", Days)}."));
            else if (((int)days & (1 << index)) != 0) faults.Add(new(at, $"{name} stands there twice."));
            else days |= (WeekDays)(1 << index);
        }
        if (days is WeekDays.None && faults.Count == before) faults.Add(new(path, "A window has at least one day."));
        return days;
    }

    /// <returns>Null with a fault.</returns>
    private static TimeSpan? ReadTime(JsonNode? node, string path, string latest, ICollection<WindowFault> faults)
    {
        if (TryText(node, out string? text) && text.Length == 5 && text[2] == ':'
            && int.TryParse(text.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out int hours)
            && int.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out int minutes)
            && minutes < 60 && string.CompareOrdinal(text, latest) <= 0)
            return new(hours, minutes, 0);
        string found = node is null ? "The time is missing" : $"{Shown(node)} is no time of day";
        faults.Add(new(path, $"{found}; it is written as 09:00, from 00:00 to {latest}."));
        return null;
    }

    private static IEnumerable<(JsonNode? Item, string At)> Items(JsonNode? node, string path, string what, int most,
        ICollection<WindowFault> faults)
    {
        if (node is null) return [];
        if (node is not JsonArray list)
        {
            faults.Add(new(path, $"{Shown(node)} is no list of {what}."));
            return [];
        }
        if (list.Count <= most) return list.Select((item, i) => (item, $"{path}[{i}]"));
        faults.Add(new(path, $"{list.Count} {what} are too many; {most} are the most."));
        return [];
    }

    private static bool TryText(JsonNode? node, [NotNullWhen(true)] out string? text)
    {
        text = node?.GetValueKind() is JsonValueKind.String ? node.GetValue<string>() : null;
        return text is not null;
    }

    /// <summary>What somebody wrote, as far as it fits into a sentence.</summary>
    private static string Shown(JsonNode? node)
    {
        switch (node)
        {
            case null: return "null";
            case JsonObject: return "An object";
            case JsonArray: return "A list";
            default:
                string text = node.ToJsonString(AsWritten);
                return text.Length <= MostShown ? text : $"{Clipped.Of(text, MostShown)}…";
        }
    }
}
