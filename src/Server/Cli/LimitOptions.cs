using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary>The flags for what an account may use; what is not named is left out of the request.</summary>
internal sealed class LimitOptions
{
    private readonly Option<string> _channels = new("--channels") { Description = "calls at a time, or none for no limit", HelpName = "N" };
    private readonly Option<string> _rate =
        new("--rate") { Description = "API requests a second of all its keys together; none takes the node's --api-rate", HelpName = "N" };
    private readonly Option<string> _spend =
        new("--daily-spend") { Description = "what calls may cost a day (UTC) in US dollars, or none", HelpName = "USD" };
    private readonly Option<string> _media = new("--media-bytes") { Description = "bytes of kept media files, or none", HelpName = "N" };

    private readonly Option<string> _live = new("--live-audio")
    {
        Description = "media streams, forks, SIPREC sessions and transcriptions at a time, or none", HelpName = "N"
    };

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _channels, _rate, _spend, _media, _live }) command.Add(option);
    }

    public void Read(ParseResult parsed, JsonObject body)
    {
        if (parsed.GetValue(_channels) is { } calls) body["channels"] = Count("--channels", calls, 0, int.MaxValue);
        if (parsed.GetValue(_rate) is { } requests) body["request_rate"] = Count("--rate", requests, 1, 100_000);
        if (parsed.GetValue(_spend) is { } dollars) body["daily_spend_micros"] = Micros(dollars);
        if (parsed.GetValue(_media) is { } bytes) body["media_bytes"] = Count("--media-bytes", bytes, 0, long.MaxValue);
        if (parsed.GetValue(_live) is { } streams) body["live_audio"] = Count("--live-audio", streams, 0, int.MaxValue);
    }

    public static string Words(JsonNode account) =>
        $"channels {account["channels"] ?? "-"}, requests a second {account["request_rate"] ?? "-"}, daily spend "
        + $"{Money(account["daily_spend_micros"])}, media bytes {account["media_bytes"] ?? "-"}, live audio {account["live_audio"] ?? "-"}";

    public static string Money(JsonNode? micros) =>
        micros is null ? "-" : ((long)micros / 1_000_000m).ToString("0.00####", CultureInfo.InvariantCulture);

    /// <summary>Null for the word none.</summary>
    private static JsonNode? Count(string option, string text, long least, long most) => text == "none" ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count >= least && count <= most ? count
        : throw new StartRefused($"{option} {text}: a whole number from {least}, or none");

    private static JsonNode? Micros(string text) => text == "none" ? null
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal dollars)
            && dollars <= 1_000_000_000 ? (long)(dollars * 1_000_000)
        : throw new StartRefused($"--daily-spend {text}: an amount such as 25.00, or none");
}
