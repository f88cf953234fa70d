using System.Collections.Frozen;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Carries a verb out, up to what comes behind it.</summary>
internal delegate ValueTask<Step> VerbRun(DocumentCall call, TexmlElement element, VerbValues values);

/// <summary>Every verb that is carried out.</summary>
internal static class VerbTable
{
    public static readonly FrozenDictionary<string, VerbRun> All = new Dictionary<string, VerbRun>
    {
        ["Say"] = SayVerb.RunAsync,
        ["Play"] = PlayVerb.RunAsync,
        ["Pause"] = PauseVerb.RunAsync,
        ["Gather"] = GatherVerb.RunAsync,
        ["Record"] = RecordVerb.RunAsync,
        ["Dial"] = DialVerb.RunAsync,
        ["Enqueue"] = EnqueueVerb.RunAsync,
        ["Leave"] = LeaveVerb.RunAsync,
        ["Hangup"] = HangupVerb.RunAsync,
        ["Redirect"] = RedirectVerb.RunAsync,
        ["Reject"] = RejectVerb.RunAsync,
        ["Refer"] = ReferVerb.RunAsync,
        ["Start"] = ServiceVerbs.StartAsync,
        ["Stop"] = ServiceVerbs.StopAsync,
        ["Connect"] = ServiceVerbs.ConnectAsync,
        ["HttpRequest"] = HttpRequestVerb.RunAsync,
        ["AIGather"] = AssistantVerbs.GatherAsync,
        ["AIAssistant"] = AssistantVerbs.AssistantAsync,
        ["Sms"] = SmsVerb.RunAsync,
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
