using System.Collections.Frozen;
using Ringwright.Texml.Documents;

namespace Ringwright.Texml.Texts;

/// <summary>
/// What may stand in the answer to a text: as <see cref="TexmlSheet"/> has it of documents that answer calls. <c>Sms</c> is how the first
/// clients wrote <c>Message</c>.
/// </summary>
internal static class TextSheet
{
    public const string Message = "Message", Sms = "Sms", Redirect = "Redirect", Body = "Body", Media = "Media";

    public static readonly FrozenDictionary<(string Element, string Name), AttributeRow> Attributes =
        ((AttributeRow[])[.. OfText(Message), .. OfText(Sms), new(Redirect, "method", "method", "POST", "", "")])
        .ToFrozenDictionary(row => (row.Element, row.Name));

    /// <summary>It stands in a document.</summary>
    public static bool Has(string verb) => verb is Message or Sms or Redirect;

    /// <summary>It may stand within this verb.</summary>
    public static bool Has(string verb, string within) => verb is Message && within is (Body or Media);

    private static IEnumerable<AttributeRow> OfText(string element) =>
    [
        new(element, "to", "text", "", "", ""), new(element, "from", "text", "", "", ""), new(element, "action", "url", "", "", ""),
        new(element, "method", "method", "POST", "", ""), new(element, "statusCallback", "url", "", "", ""),
    ];
}
