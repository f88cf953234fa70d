namespace Ringwright.Telefonie.Calling;

/// <summary>What this API keeps on a leg, beside what the engine knows of it.</summary>
internal static class TelefonieLabels
{
    /// <summary>Where changes of its status are told.</summary>
    public const string StatusCallback = "telefonie.status_callback";
    /// <summary>Names of <see cref="CallNews"/> that are told there, too, with spaces between.</summary>
    public const string Events = "telefonie.events";
    /// <summary>Of the document that commands it.</summary>
    public const string Url = "telefonie.url";
    /// <summary>The conference that it was dialled for.</summary>
    public const string Conference = "telefonie.conference";
    /// <summary>Who is told of that conference, and how it is shown.</summary>
    public const string ConferenceNews = "telefonie.conference_news";
    /// <summary>There it is to be heard by nobody.</summary>
    public const string Muted = "telefonie.muted";
}
