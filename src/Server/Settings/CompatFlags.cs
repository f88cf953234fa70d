namespace Ringwright.Server.Settings;

/// <summary>The settings <c>compat.*</c>: rows of <see cref="ServeFlags"/>, the one that switches the others first.</summary>
internal static class CompatFlags
{
    private const string OnOff = "on|off";

    public static readonly IReadOnlyList<ServeFlag> All =
    [
        // Before the others, which may take single ones back.
        new("--compat-strict", "none|seed", "none",
            "compat.strict: seed does what the sources of the APIs say to the letter, wherever one of the next settings leads to it; each "
                + "of them may still be set by itself",
            (s, text) => s.Compat = text.OneOf("none", "seed") == "seed" ? CompatSettings.Seed : new()),
        new("--compat-retry-after-timeout", OnOff, "",
            "compat.retry_after_timeout: campaigns of the dialer's API call whoever has answered again while tries are left, where the "
                + "call reached its time limit or failed otherwise; off when not set",
            (s, text) => s.Compat = s.Compat with { RetriesAnswered = text.IsOn() }),
        new("--compat-update-time", OnOff, "",
            "compat.update_time: tm_update of the dialer's API is the moment of creation, and not null, before the first change; "
                + "off when not set",
            (s, text) => s.Compat = s.Compat with { HasUpdateTimes = text.IsOn() }),
        new("--compat-no-answer", OnOff, "",
            "compat.no_answer: hangup_reason of the dialer's API says no_answer in place of noanswer; off when not set",
            (s, text) => s.Compat = s.Compat with { SaysNoAnswer = text.IsOn() }),
        new("--compat-flow-reference", OnOff, "",
            "compat.flow_reference: reference_type of a campaigncall that runs a flow without a call is flow, and not none; off when not "
                + "set, with --compat-strict seed too: the source knows none and call",
            (s, text) => s.Compat = s.Compat with { HasFlowReferences = text.IsOn() }),
        new("--compat-called-url", OnOff, "",
            "compat.called_url: the url of a call's document is shown once that was asked for, and not from the request on; "
                + "off when not set",
            (s, text) => s.Compat = s.Compat with { ShowsCalledUrls = text.IsOn() }),
        new("--compat-webhook-version", "1|2", "",
            "compat.webhook_version: envelopes of new call control applications that do not say webhook_api_version; 2 when not set",
            (s, text) => s.Compat = s.Compat with { NewWebhookVersion = text.OneOf("1", "2") }),
        new("--compat-greeting-time", OnOff, "",
            "compat.greeting_time: the end of a machine's greeting is waited for 5 s, and not 30 s, where a dial or a transfer says "
                + "nothing of it; off when not set",
            (s, text) => s.Compat = s.Compat with { GreetingAnalysis = text.IsOn() ? CompatSettings.ShortGreeting : null }),
    ];
}
