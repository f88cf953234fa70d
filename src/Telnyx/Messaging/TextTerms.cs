using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls.Texts;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Messaging;

/// <summary>What a messaging profile says of its texts, read from its document.</summary>
internal sealed record TextTerms
{
    public required Guid Id { get; init; }
    public required bool IsEnabled { get; init; }
    /// <summary>ISO 3166 alpha-2, or "*" for all.</summary>
    public required IReadOnlyList<string> Destinations { get; init; }
    /// <summary>What its texts may be from in place of a number; null when it has none.</summary>
    public string? Name { get; init; }
    public string? WebhookUrl { get; init; }
    public string? WebhookFailoverUrl { get; init; }
    /// <summary>Of its webhooks; null for the usual one.</summary>
    public string? Version { get; init; }
    /// <summary>Of a day (UTC), in millionths of each currency by itself; null is no limit.</summary>
    public long? DailyMicros { get; init; }
    /// <summary>Punctuation that makes a text longer than it need be is written plainly.</summary>
    public bool IsPlain { get; init; }
    /// <summary>A message with media that cannot go as one goes as a text with their addresses.</summary>
    public bool FallsBack { get; init; }
    /// <summary>Null where its numbers are no pool.</summary>
    public PoolTerms? Pool { get; init; }

    public static TextTerms Of(ResourceRow row)
    {
        var body = row.Body;
        return new()
        {
            Id = Guid.Parse(row.Id),
            IsEnabled = body.Flag("enabled", fallback: true),
            Destinations = body.Texts("whitelisted_destinations"),
            Name = body.Filled("alpha_sender"),
            WebhookUrl = body.Filled("webhook_url"),
            WebhookFailoverUrl = body.Filled("webhook_failover_url"),
            Version = body.Text("webhook_api_version") is MessageForm.Version or MessageFlat.Version
                ? body.Text("webhook_api_version") : null,
            DailyMicros = body.Flag("daily_spend_limit_enabled", fallback: false) ? Micros(body.Text("daily_spend_limit")) : null,
            IsPlain = body.Flag("smart_encoding", fallback: false),
            FallsBack = body.Flag("mms_fall_back_to_sms", fallback: false),
            Pool = body.Child("number_pool_settings") is { } pool ? PoolTerms.Of(pool) : null,
        };
    }

    /// <summary>As they are sent.</summary>
    public string WordsOf(string words) => IsPlain ? PlainWords.Of(words) : words;

    public bool Allows(string? country) => Destinations.Contains("*") || (country is not null && Destinations.Contains(country));

    /// <summary>Millionths, rounded up, from a decimal number as text; null for what is none, or more than anybody has.</summary>
    public static long? Micros(string? amount) =>
        decimal.TryParse(amount, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal units)
            && units <= 1_000_000_000m ? (long)decimal.Ceiling(units * 1_000_000) : null;
}

/// <summary>How a sender is chosen among the numbers of a profile.</summary>
internal sealed record PoolTerms(decimal LongCodes, decimal TollFree, bool IsSticky, bool IsNear, bool SkipsUnhealthy)
{
    public static PoolTerms Of(JsonObject pool) => new(Weight(pool, "long_code_weight"), Weight(pool, "toll_free_weight"),
        pool.Flag("sticky_sender", fallback: false), pool.Flag("geomatch", fallback: false), pool.Flag("skip_unhealthy", fallback: false));

    private static decimal Weight(JsonObject pool, string name) => pool[name] is JsonValue value
        && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal weight) ? weight : 0;
}
