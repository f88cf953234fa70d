namespace Ringwright.Texml;

/// <summary>What documents may cost.</summary>
internal static class Limits
{
    /// <summary>For a document to come, redirects included.</summary>
    public static readonly TimeSpan Fetch = TimeSpan.FromSeconds(15);
    /// <summary>For the event that a call begins with, which is on its way when its program begins.</summary>
    public static readonly TimeSpan FirstEvent = TimeSpan.FromSeconds(0.25);
    /// <summary>Of one document.</summary>
    public const int DocumentBytes = 256 * 1024;
    public const int Redirects = 5;
    /// <summary>Documents one after the other that are over at once: more are a circle.</summary>
    public const int IdleDocuments = 20;
    /// <summary>
    /// What is shorter is over at once, whatever it tried to do. Less than the shortest Pause: a timer may fire some milliseconds early.
    /// </summary>
    public static readonly TimeSpan IdleDocument = TimeSpan.FromSeconds(0.9);
    /// <summary>What is asked and played within one Gather.</summary>
    public const int Prompts = 100;
    /// <summary>Numbers and places that one Dial rings at once.</summary>
    public const int Targets = 10;
    /// <summary>Of one warning or step in the call's trace.</summary>
    public const int NoteCharacters = 500;
    /// <summary>Of notes for one call: a document that goes wrong for ever fills no disk.</summary>
    public const int Notes = 500;
    /// <summary>Before a queue is asked again whether somebody waits in it.</summary>
    public static readonly TimeSpan QueueRest = TimeSpan.FromSeconds(1);
    /// <summary>Calls that wait in a queue of TwiML of which nobody says how many may.</summary>
    public const int QueuedCalls = 1_000;
    /// <summary>For a verdict on who has answered, and for the end of a machine's greeting: longer than the engine gives either.</summary>
    public static readonly TimeSpan Detection = TimeSpan.FromSeconds(90);
    /// <summary>For what follows at once: two are joined once one of them has left a queue, or one is told of the other.</summary>
    public static readonly TimeSpan Joining = TimeSpan.FromSeconds(10);
    /// <summary>For what comes of somebody's referral who has left: longer than whom a phone refers somebody to may ring.</summary>
    public static readonly TimeSpan Referral = TimeSpan.FromMinutes(2);
    /// <summary>That documents of one call send by HttpRequest, and so many of them at once.</summary>
    public const int Requests = 100, RequestsAtOnce = 10;
    /// <summary>For the answer to one of them.</summary>
    public static readonly TimeSpan Request = TimeSpan.FromSeconds(10);
    /// <summary>What one of them sends, and may get.</summary>
    public const int RequestBytes = 64 * 1024, AnswerBytes = 256 * 1024;
    public const int RequestHeaders = 20;
    /// <summary>Variables that are taken from one answer, and the text of one.</summary>
    public const int Fields = 50, FieldCharacters = 4_000;
    /// <summary>That a program which talks may change between.</summary>
    public const int Languages = 50;
    /// <summary>Cookies of one call that are kept, and the length of one.</summary>
    public const int Cookies = 20, CookieBytes = 4 * 1024;
    /// <summary>That documents send in answer to one text, or during one call, and what is told of what they ask for in vain.</summary>
    public const int TextsOfAnswer = 20, TextWarnings = 20;
    /// <summary>Texts of documents that answer one another: one behind more is answered by none, for somebody pays for each.</summary>
    public const int TextHops = 5;
    /// <summary>Parameters of one recording server.</summary>
    public const int SiprecParameters = 20, SiprecParameterCharacters = 256;
}
