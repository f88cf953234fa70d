using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Talking;

/// <summary>What an agent's words may put in of whoever is called, and of the call. Pure.</summary>
internal static class TalkVariables
{
    /// <summary>What templates of CRMs and of other services have before a word of whoever is called.</summary>
    private static readonly string[] Prefixes = ["contact.", "customer."];

    /// <summary>
    /// Whatever data say stands below what is known. Of very many the first are kept: those of the call come before all, and other names
    /// for the same last.
    /// </summary>
    /// <param name="target">Null where nobody of a list is called.</param>
    /// <param name="clocks">What the clocks say where the person may be; null where nobody knows.</param>
    /// <param name="isInbound">The person has called, and was not called.</param>
    public static Dictionary<string, string> Of(Target? target, string from, string to, DateTimeOffset now, string? clocks = null,
        bool isInbound = false)
    {
        string utc = now.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["from"] = from, ["to"] = to, ["now"] = utc, ["local_now"] = clocks ?? utc,
        };
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        if (target?.Name is { Length: > 0 } whole) words["name"] = whole;
        foreach (var (name, value) in target?.ReadData() ?? [])
            words.TryAdd(name, value is JsonValue plain && plain.TryGetValue(out string? text) ? text : value?.ToJsonString() ?? "");
        foreach (var (name, value) in words) all.TryAdd(name, value);
        foreach (string prefix in Prefixes)
            foreach (var (name, value) in words) all.TryAdd(prefix + name, value);
        string person = isInbound ? from : to;
        all.TryAdd("contact.phone", person);
        all.TryAdd("customer.number", person);
        return all;
    }
}
