using System.Xml;

namespace Ringwright.Telnyx.Texml;

/// <summary>
/// Prefixes of what vendors of voices add to SSML. Documents have them as the vendors' guides do, without a declaration, which would be
/// fatal.
/// </summary>
internal static class SpeechPrefixes
{
    private static readonly string[] All = ["amazon", "google", "mstts"];

    /// <summary>For one reader, which changes it.</summary>
    public static XmlParserContext Declare()
    {
        var names = new XmlNamespaceManager(new NameTable());
        foreach (string prefix in All) names.AddNamespace(prefix, $"urn:ssml:{prefix}");
        return new(null, names, null, XmlSpace.None);
    }
}
