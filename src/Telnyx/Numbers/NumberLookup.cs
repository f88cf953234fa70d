using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers;

/// <summary>
/// What is known of any number without asking anybody: numbering data, and of this node's numbers who carries them and under which name
/// they are listed. What only a carrier's database says stays empty; what programs read as a number or a date, and nobody knows, is left
/// out: an empty text is neither.
/// </summary>
internal static class NumberLookup
{
    private const string Unknown = "10001", Node = "Ringwright", NorthAmerica = "1";
    /// <summary>The last of them is in every answer, and asked for by programs all the same.</summary>
    private const string Type = "type", OfCarrier = "carrier", OfCaller = "caller-name", OfPorting = "portability";

    public static ValueTask<Reply> Find(OperationContext op, NumberParts parts)
    {
        if (!op.TryNumber("phone_number", out var number))
            return new(op.Fail(new Problem(VoiceErrors.NotE164, "phone_number must be a number in +E.164 format.")));
        // Clients ask for both by two values, or by a list of either kind; and by names without a value, as pages about the API have it.
        string[] types = [.. op.Query.List(Type), .. op.Query.Pairs.Select(pair => pair.Key).Where(name => name is OfCarrier or OfCaller)];
        if (types.Any(type => type is not (OfCarrier or OfCaller or OfPorting)))
            return new(op.Fail(op.Dialect.Errors.Problem(Fault.BadParameter, $"{Type} must be {OfCarrier} or {OfCaller}.") with
            {
                Parameter = Type,
            }));
        var facts = parts.Plans.Classify(number);
        var own = op.Routing.FindOwnNumber(number.Text);
        var shown = new JsonObject
        {
            ["record_type"] = "number_lookup",
            ["phone_number"] = number.Text,
            ["country_code"] = own?.Country ?? facts.Country ?? "",
            ["national_format"] = National(number, facts),
            ["fraud"] = "",
            // Which the vendor's answers have, and its contract has not.
            ["valid_number"] = facts.IsPossible,
            ["carrier"] = types.Contains(OfCarrier) ? Carrier(own, facts) : [],
            ["caller_name"] = types.Contains(OfCaller) ? CallerName(own) : [],
            ["portability"] = new JsonObject
            {
                ["line_type"] = LineType(facts), ["ported_status"] = own is null ? "" : "N", ["lrn"] = "", ["ocn"] = "", ["spid"] = "",
                ["spid_carrier_name"] = "", ["spid_carrier_type"] = "", ["altspid"] = "", ["altspid_carrier_name"] = "",
                ["altspid_carrier_type"] = "", ["city"] = "", ["state"] = "",
            },
        };
        return new(op.Ok(shown));
    }

    private static JsonObject Carrier(Number? own, NumberFacts facts) => new()
    {
        ["name"] = own is null ? "" : Node,
        ["normalized_carrier"] = own is null ? "" : Node,
        ["type"] = LineType(facts),
        ["error_code"] = own is null ? Unknown : "",
    };

    private static JsonObject CallerName(Number? own) => new()
    {
        ["caller_name"] = own?.Voice.ListedName ?? "",
        ["error_code"] = own?.Voice.ListedName is null ? Unknown : "",
    };

    private static string National(E164 number, NumberFacts facts)
    {
        string digits = number.Text[(1 + facts.CallingCode.Length)..];
        return facts.CallingCode is NorthAmerica && digits.Length == 10 ? $"({digits[..3]}) {digits[3..6]}-{digits[6..]}" : digits;
    }

    private static string LineType(NumberFacts facts) => facts.Type switch
    {
        // North American plans do not tell them apart.
        NumberType.FixedLine or NumberType.Mobile when facts.CallingCode is NorthAmerica => "fixed line or mobile",
        NumberType.FixedLine => "fixed line",
        NumberType.Mobile => "mobile",
        NumberType.TollFree => "toll free",
        NumberType.Premium => "premium rate",
        NumberType.Personal => "personal number",
        NumberType.Voicemail => "voicemail",
        NumberType.Uan => "uan",
        NumberType.Pager => "pager",
        NumberType.Voip => "voip",
        NumberType.SharedCost => "shared cost",
        _ => "unknown",
    };
}
