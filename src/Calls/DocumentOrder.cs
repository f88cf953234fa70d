namespace Ringwright.Calls;

/// <summary>
/// A document that a call is to run in place of whatever it does, as its label: "SERIAL METHOD URL", "SERIAL" and the document itself,
/// or the serial alone once it is taken.
/// </summary>
/// <param name="Serial">Tells one from the next.</param>
/// <param name="Text">The document itself; null where it is to be fetched.</param>
public sealed record DocumentOrder(string Serial, string? Method, string? Url, string? Text)
{
    /// <summary>The label's key.</summary>
    public const string Label = "texml.document";
    /// <summary>
    /// Key of the label by which the document waits for machine detection: "verdict", or "end" for the end of a machine's greeting.
    /// </summary>
    public const string AwaitsDetection = "texml.awaits_amd";

    public static DocumentOrder OfUrl(string serial, string method, string url) => new(serial, method, url, null);

    public static DocumentOrder OfText(string serial, string text) => new(serial, null, null, text.Trim());

    public bool IsTaken => Url is null && Text is null;

    public DocumentOrder Taken => new(Serial, null, null, null);

    public override string ToString() => IsTaken ? Serial : $"{Serial} {Text ?? $"{Method} {Url}"}";

    /// <summary>Null when there is none.</summary>
    public static DocumentOrder? Read(string? label)
    {
        if (string.IsNullOrEmpty(label)) return null;
        string[] parts = label.Split(' ', 2);
        if (parts.Length == 1) return new(label, null, null, null);
        // A document begins with a bracket.
        return parts[1].StartsWith('<') ? new(parts[0], null, null, parts[1])
            : parts[1].Split(' ', 2) is [var method, var url] ? new(parts[0], method, url, null) : null;
    }
}
