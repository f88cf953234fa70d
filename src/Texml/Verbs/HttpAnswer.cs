using System.Globalization;
using System.Text.Json;
using Ringwright.Egress;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>What a document takes from the answer to its HttpRequest: fields of JSON, under names that the rest of it may use.</summary>
internal static class HttpAnswer
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <param name="wanted">The element Response; null when the document wants nothing of it.</param>
    /// <returns>The variables; null when the request failed, or its answer is not the one that was wanted: told as a warning.</returns>
    public static async ValueTask<IReadOnlyList<KeyValuePair<string, string>>?> TakeAsync(DocumentCall call, TexmlElement? wanted,
        EgressResult result)
    {
        string? status = TextOf(wanted, "StatusCode");
        bool isAsSaid = status is { Length: > 0 } && result.Status?.ToString(CultureInfo.InvariantCulture) == status
            && result.Failure is EgressFailure.None or EgressFailure.HttpStatus;
        if (status is { Length: > 0 } ? !isAsSaid : !result.IsSuccess)
        {
            string why = result.Detail ?? $"The server answered {result.Status}";
            await call.WarnAsync($"HttpRequest: {why.TrimEnd('.')}{(status is { Length: > 0 } ? $", and {status} is wanted" : "")}");
            return null;
        }
        var fields = (wanted?.Children ?? []).Where(child => child.Name is "Content").SelectMany(content => content.Children)
            .Where(child => child.Name is "Field").ToList();
        if (fields.Count == 0) return [];
        if (TextOf(wanted, "Type") is { Length: > 0 } type && !type.Equals("JSON", StringComparison.OrdinalIgnoreCase))
        {
            await call.WarnAsync($"HttpRequest: answers are read as JSON, and not as {type} ({wanted!.At})");
            return [];
        }
        try
        {
            using var json = JsonDocument.Parse(result.Body, Strict);
            return await TakeAsync(call, fields, json.RootElement);
        }
        catch (JsonException)
        {
            await call.WarnAsync("HttpRequest: the answer is no JSON");
            return null;
        }
    }

    private static async ValueTask<IReadOnlyList<KeyValuePair<string, string>>> TakeAsync(DocumentCall call, List<TexmlElement> fields,
        JsonElement root)
    {
        var taken = new List<KeyValuePair<string, string>>();
        var parameters = call.Parameters;
        foreach (var field in fields.Take(Limits.Fields))
        {
            string path = TextOf(field, "Name") ?? "", name = TextOf(field, "Value") ?? "";
            string? problem = !IsVariable(name) ? "its Value is no name of a variable"
                // Else an answer could say who calls.
                : parameters.Any(parameter => parameter.Key == name) ? $"{name} is a parameter of every request"
                : Find(root, path) is not { } value ? $"the answer has no text or number {path}"
                : value.Length > Limits.FieldCharacters ? $"{path} has more than {Limits.FieldCharacters} characters" : null;
            if (problem is not null) await call.WarnAsync($"Field is not taken: {problem} ({field.At})");
            else
            {
                call.Variables[name] = Find(root, path)!;   // or there were a problem
                taken.Add(new(name, call.Variables[name]));
            }
        }
        if (fields.Count > Limits.Fields) await call.WarnAsync($"HttpRequest takes {Limits.Fields} fields and no more");
        return taken;
    }

    private static bool IsVariable(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_') && !char.IsAsciiDigit(name[0]);

    /// <summary>By names in objects and places in arrays, with dots between; null for what is no text, number, true or false.</summary>
    private static string? Find(JsonElement root, string path)
    {
        var at = root;
        foreach (string name in path.Split('.'))
        {
            if (at.ValueKind is JsonValueKind.Object && at.TryGetProperty(name, out var member)) at = member;
            else if (at.ValueKind is JsonValueKind.Array
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                && index < at.GetArrayLength()) at = at[index];
            else return null;
        }
        try
        {
            return at.ValueKind switch
            {
                JsonValueKind.String => at.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => at.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null;        // half a surrogate, which no text can hold
        }
    }

    private static string? TextOf(TexmlElement? of, string name) => of?.Children.FirstOrDefault(child => child.Name == name)?.Text;
}
