using System.Text.Json.Nodes;
using Ringwright.Agency.Billing;
using Ringwright.Agency.Compliance;
using Ringwright.Agency.Privacy;
using Ringwright.Agency.Talking;

namespace Ringwright.Agency;

/// <summary>What an agency has settled for all that is done for it: the document <c>settings</c> of its row. Pure.</summary>
internal static class AgencySettings
{
    /// <summary>While it is true nobody is called for the agency.</summary>
    public const string KillSwitch = "kill_switch";

    public const string Field = "settings";

    /// <summary>Each setting that there is → what is wrong with a value; null for nothing.</summary>
    private static readonly Dictionary<string, Func<JsonNode, string?>> Known = new(StringComparer.Ordinal)
    {
        [UsualHours.Setting] = UsualHours.FaultOf,
        [UsualRetries.Setting] = UsualRetries.FaultOf,
        [ClientGrants.MayAnnotate] = ClientGrants.FaultOf,
        [ClientGrants.MayListen] = ClientGrants.FaultOf,
        [ClientGrants.SeesNoNumbers] = ClientGrants.FaultOf,
        [KillSwitch] = static value => value is JsonValue one && one.TryGetValue(out bool _) ? null : "It is true or false.",
        [Redactor.Setting] = Redactor.FaultOf,
        [Disclosure.Setting] = Disclosure.FaultOf,
        [Disclosure.Before] = Disclosure.FaultOf,
        [RecordingNotice.Setting] = RecordingNotice.FaultOf,
        [UnassignedNumber.Setting] = UnassignedNumber.FaultOf,
        [KeptFor.Setting] = KeptFor.FaultOf,
        [AnalysisSetting.Setting] = AnalysisSetting.FaultOf,
        [AlertSetting.Setting] = AlertSetting.FaultOf,
        [BillingIncrement.Setting] = BillingIncrement.FaultOf,
    };

    public static bool IsKilled(JsonObject settings) => settings[KillSwitch] is JsonValue value && value.TryGetValue(out bool on) && on;

    /// <param name="given">Settings that are to be; one that is null is as if nobody had ever said anything.</param>
    /// <returns>Path within the body, and a sentence.</returns>
    public static IEnumerable<(string Path, string Sentence)> FaultsOf(JsonObject given)
    {
        foreach (var (name, value) in given)
            if (!Known.TryGetValue(name, out var faultOf)) yield return ($"{Field}/{name}", $"There is no setting '{name}'.");
            else if (value is not null && faultOf(value) is { } fault) yield return ($"{Field}/{name}", fault);
    }

    /// <summary>Those of before, with those that are given in their place.</summary>
    public static JsonObject Changed(JsonObject before, JsonObject given)
    {
        var after = before.DeepClone().AsObject();
        foreach (var (name, value) in given)
            if (value is null) after.Remove(name);
            else after[name] = value.DeepClone();
        return after;
    }

    /// <summary>The same of a field of a body: it stays where the body does not have it.</summary>
    /// <returns>Null where it was taken away, or never said.</returns>
    public static JsonObject? Given(JsonObject body, string field, JsonObject? before) => body[field] is JsonObject given
        ? Changed(before ?? [], given) : body.ContainsKey(field) ? null : before;
}
