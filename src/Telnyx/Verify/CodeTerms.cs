using System.Text.Json.Nodes;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Verify;

/// <summary>What a profile says of codes that go one way, read from its document.</summary>
internal sealed record CodeTerms
{
    public const int Digits = 5, TimeoutSecs = 300;
    public static readonly (int Least, int Most) DigitRange = (4, 10), TimeoutRange = (30, 3600);

    public required Guid Profile { get; init; }
    /// <summary>What stands in a template for who asks: the channel's own name, else the profile's.</summary>
    public required string AppName { get; init; }
    /// <summary>ISO 3166 alpha-2, or "*" for all; none is all, too.</summary>
    public required IReadOnlyList<string> Destinations { get; init; }
    public required int CodeLength { get; init; }
    public required int Timeout { get; init; }
    /// <summary>Null takes the usual one.</summary>
    public string? Template { get; init; }
    public required bool IsNamed { get; init; }
    /// <summary>BCP 47, of the voice.</summary>
    public required string Language { get; init; }
    /// <summary>Of texts: what they are from where a messaging profile has that name; null for numbers.</summary>
    public string? Sender { get; init; }
    public string? WebhookUrl { get; init; }
    public string? WebhookFailoverUrl { get; init; }

    /// <summary>Null where the profile has no such channel.</summary>
    public static CodeTerms? Of(ResourceRow profile, CodeWay way) =>
        profile.Body.Child(VerifyProfiles.ChannelOf(way)) is not { } channel ? null : new()
        {
            Profile = Guid.Parse(profile.Id),
            IsNamed = channel.Filled("app_name") is not null,
            AppName = channel.Filled("app_name") ?? profile.Body.Text("name") ?? "",
            Destinations = channel.Texts("whitelisted_destinations"),
            CodeLength = channel.Whole("code_length") ?? Digits,
            Timeout = channel.Whole("default_verification_timeout_secs") ?? TimeoutSecs,
            Template = channel.Filled("messaging_template_id"),
            Language = profile.Body.Filled("language") ?? "en-US",
            Sender = channel.Filled(VerifyProfiles.Sender),
            WebhookUrl = profile.Body.Filled("webhook_url"),
            WebhookFailoverUrl = profile.Body.Filled("webhook_failover_url"),
        };

    public bool Allows(string? country) =>
        Destinations.Count == 0 || Destinations.Contains("*") || (country is not null && Destinations.Contains(country));
}
