using System.CommandLine;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary>The options of <c>campaign run</c> about who may be called, and when: the operator's API judges what they say.</summary>
internal sealed class CampaignRuleOptions
{
    private static readonly string[] Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private readonly Option<string[]> _windows = new("--window")
    {
        Description = "hours of the recipient's own clock, for example mon-fri,09:00-20:00; may be given several times",
        HelpName = "DAYS,HH:MM-HH:MM"
    };
    private readonly Option<string[]> _excluded = new("--exclude-date")
    {
        Description = "a date on which nobody is called, by the recipient's own calendar; may be given several times",
        HelpName = "YYYY-MM-DD"
    };
    private readonly Option<int?> _perDay = new("--max-per-day")
    {
        Description = "calls to one number a day, of all campaigns of the account", HelpName = "N"
    };
    private readonly Option<int?> _perWeek = new("--max-per-week") { Description = "the same within any seven days", HelpName = "N" };
    private readonly Option<double?> _gap = new("--min-gap-seconds")
    {
        Description = "from the end of any call to a number to the next one to it", HelpName = "N"
    };
    private readonly Option<string> _consent = new("--consent") { Description = "nobody is called without one: express or written" };
    private readonly Option<string> _starts = new("--starts-at")
    {
        Description = "nobody is called before: a date, or a moment such as 2026-01-31T09:00:00Z", HelpName = "MOMENT"
    };
    private readonly Option<string> _ends = new("--ends-at")
    {
        Description = "no call begins from then on, and the campaign stops", HelpName = "MOMENT"
    };
    private readonly Option<string> _language = new("--language") { Description = "of the message, for example de-DE (en-US)" };

    public CampaignRuleOptions()
    {
        _consent.AcceptOnlyFromAmong("express", "written");
        _windows.Validators.Add(static given =>
        {
            foreach (var token in given.Tokens.Where(static token => Window(token.Value) is null))
                given.AddError($"--window must be days and hours, for example mon-fri,09:00-20:00, not '{token.Value}'");
        });
    }

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_windows, _excluded, _perDay, _perWeek, _gap, _consent, _starts, _ends, _language])
            command.Options.Add(option);
    }

    public void Fill(ParseResult parsed, JsonObject body)
    {
        if (parsed.GetValue(_windows) is { Length: > 0 } windows)
            body["windows"] = new JsonArray([.. windows.Select(static window => (JsonNode?)Window(window))]);
        if (parsed.GetValue(_excluded) is { Length: > 0 } dates)
            body["excluded_dates"] = new JsonArray([.. dates.Select(static date => (JsonNode)date)]);
        var caps = new JsonObject();
        if (parsed.GetValue(_perDay) is { } day) caps["max_per_day"] = day;
        if (parsed.GetValue(_perWeek) is { } week) caps["max_per_week"] = week;
        if (parsed.GetValue(_gap) is { } gap) caps["min_gap_seconds"] = gap;
        if (caps.Count > 0) body["caps"] = caps;
        if (parsed.GetValue(_consent) is { } consent) body["consent"] = consent;
        if (parsed.GetValue(_starts) is { } starts) body["starts_at"] = starts;
        if (parsed.GetValue(_ends) is { } ends) body["ends_at"] = ends;
        if (parsed.GetValue(_language) is { } language) body["language"] = language;
    }

    /// <summary>As the operator's API has it, from days or ranges of them and hours: <c>mon-wed,fri,09:00-12:30</c>.</summary>
    /// <returns>Null for what is none. Whether the hours are any the API says.</returns>
    internal static JsonObject? Window(string text)
    {
        string[] parts = text.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length < 2 || parts[^1].Split('-', StringSplitOptions.TrimEntries) is not [{ Length: 5 } start, { Length: 5 } end])
            return null;
        var days = new JsonArray();
        foreach (string part in parts[..^1])
        {
            string[] range = part.Split('-', StringSplitOptions.TrimEntries);
            int first = Array.IndexOf(Days, range[0]), last = Array.IndexOf(Days, range[^1]);
            if (range.Length > 2 || first < 0 || last < 0) return null;
            for (int day = first; ; day = (day + 1) % Days.Length)
            {
                days.Add((JsonNode)Days[day]);
                if (day == last) break;
            }
        }
        return new() { ["days"] = days, ["start"] = start, ["end"] = end };
    }
}
