namespace Ringwright.Telefonie.Calling;

/// <summary>What this API keeps on a leg, beside what the engine knows of it.</summary>
internal static class TelefonieLabels
{
    /// <summary>Where changes of its status are told.</summary>
    public const string StatusCallback = "telefonie.status_callback";
    /// <summary>Of the document that commands it.</summary>
    public const string Url = "telefonie.url";
}
