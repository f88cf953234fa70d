using Ringwright.Calls;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Whom a Dial rings, and how.</summary>
internal sealed record DialTargets
{
    /// <summary>Numbers and SIP URIs, rung at the same time.</summary>
    public required IReadOnlyList<string> To { get; init; }
    /// <summary>The attributes of the first Number or Sip; null where the number is Dial's own text.</summary>
    public VerbValues? First { get; init; }
    public IReadOnlyList<CustomSipHeader> Headers { get; init; } = [];

    /// <summary>Null when there is nobody: told as a warning.</summary>
    public static async ValueTask<DialTargets?> ReadAsync(DocumentCall call, TexmlElement element)
    {
        var nouns = element.Children.Where(child => child.Name is "Number" or "Sip").ToList();
        foreach (var other in element.Children.Where(child => child.Name is not ("Number" or "Sip")))
            await call.WarnAsync($"{other.Name} cannot stand beside others in Dial ({other.At})");
        var to = new List<string>();
        VerbValues? first = null;
        List<CustomSipHeader> headers = [];
        foreach (var noun in nouns.Take(Limits.Targets))
        {
            var values = call.Read(noun);
            foreach (string warning in values.Warnings) await call.WarnAsync(warning);
            if (first is not null && noun.Attributes.Count > 0 && !IsAlike(noun, nouns[0]))
                await call.WarnAsync($"the attributes of the first {nouns[0].Name} hold for all that ring ({noun.At})");
            first ??= values;
            if (noun.Text.Length == 0) await call.WarnAsync($"{noun.Name} names nobody ({noun.At})");
            else to.Add(noun.Name is "Sip" ? SipOf(noun.Text, headers) : NumberOf(noun.Text));
        }
        if (nouns.Count > Limits.Targets) await call.WarnAsync($"Dial rings {Limits.Targets} at once and no more ({element.At})");
        // Not that of elements which may not stand there.
        if (nouns.Count == 0 && element.OwnText.Length > 0) to.Add(NumberOf(element.OwnText));
        else if (element.OwnText.Length > 0) await call.WarnAsync($"the text of Dial does nothing beside {nouns[0].Name} ({element.At})");
        if (to.Count == 0) await call.WarnAsync($"Dial names nobody ({element.At})");
        return to.Count == 0 ? null : new() { To = to, First = first, Headers = headers };
    }

    private static bool IsAlike(TexmlElement one, TexmlElement other) => one.Attributes.Count == other.Attributes.Count
        && one.Attributes.All(attribute => other[attribute.Name] == attribute.Value);

    /// <summary>As people write it.</summary>
    private static string NumberOf(string text) =>
        string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '(' or ')' or '.')));

    /// <summary>Headers come behind a question mark: X-…=value.</summary>
    private static string SipOf(string text, List<CustomSipHeader> headers)
    {
        int query = text.IndexOf('?', StringComparison.Ordinal);
        string uri = query < 0 ? text : text[..query];
        if (query >= 0)
        {
            foreach (string pair in text[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = pair.Split('=', 2);
                if (parts.Length == 2 && headers.All(header => header.Name != parts[0]))
                    headers.Add(new(parts[0], Uri.UnescapeDataString(parts[1])));
            }
        }
        return uri.StartsWith("sip", StringComparison.OrdinalIgnoreCase) ? uri : "sip:" + uri;
    }
}
