using System.Text.Json;
using Ringwright.Http;

namespace Ringwright.Telnyx;

/// <summary>
/// Where the contract has no null, one counts as not given: clients that write unset members send it beside what they change. Who says null
/// and nothing else changes nothing by that, and so can only mean that something is taken away.
/// </summary>
internal static class SoleNulls
{
    /// <param name="names">Fields that may be null so; one inside of another with a slash between them.</param>
    /// <returns>Those of them that are, where the body says nothing else; else none.</returns>
    public static IReadOnlyList<string> Of(OperationContext op, IReadOnlyList<string> names)
    {
        var found = new List<string>();
        return Gather(op.Body, "", names, found) ? found : [];
    }

    private static bool Gather(JsonElement at, string above, IReadOnlyList<string> names, List<string> found)
    {
        if (at.ValueKind is not JsonValueKind.Object) return false;
        foreach (var member in at.EnumerateObject())
        {
            string name = above + member.Name;
            if (member.Value.ValueKind is JsonValueKind.Null && names.Contains(name)) found.Add(name);
            else if (!Gather(member.Value, name + "/", names, found)) return false;
        }
        return true;
    }
}
