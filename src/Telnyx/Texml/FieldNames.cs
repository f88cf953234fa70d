using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>Fields of a body that say the same as those of call control, under other names.</summary>
/// <param name="names">A name of ours may lead into an object, by a slash.</param>
internal sealed class FieldNames(params (string Theirs, string Ours)[] names)
{
    /// <summary>The body in the words of call control. Texts that are empty say nothing.</summary>
    /// <param name="keepsEmpty">Those of which that is for others to judge.</param>
    /// <param name="write">What is written of a value.</param>
    public JsonObject Read(VoiceBody body, string[]? keepsEmpty = null, Func<string, JsonNode, JsonNode>? write = null)
    {
        var read = new JsonObject();
        foreach (var (theirs, ours) in names)
        {
            if (body.Json[theirs] is not { } value || body.Text(theirs) is "" && keepsEmpty?.Contains(theirs) is not true) continue;
            var at = read;
            string[] steps = ours.Split('/');
            if (steps.Length > 1) at = (JsonObject)(read[steps[0]] ??= new JsonObject());
            at[steps[^1]] = write?.Invoke(theirs, value) ?? value.DeepClone();
        }
        return read;
    }

    /// <summary>What is wrong, in the words of the body.</summary>
    public Problem Translate(Problem problem)
    {
        string field = problem.Pointer?.TrimStart('/') ?? "";
        if (Array.Find(names, name => name.Ours == field || field.StartsWith(name.Ours + "/", StringComparison.Ordinal))
            is not { Theirs: { } theirs, Ours: { } ours }) return problem;
        string last = ours[(ours.LastIndexOf('/') + 1)..];
        string? detail = problem.Detail;
        if (detail?.StartsWith(last + " ", StringComparison.Ordinal) is true) detail = theirs + detail[last.Length..];
        return problem with { Pointer = "/" + theirs + field[ours.Length..], Detail = detail };
    }
}
