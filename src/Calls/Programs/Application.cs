using System.Text.Json.Serialization;

namespace Ringwright.Calls;

/// <summary>What commands a call, and where it is to be found.</summary>
/// <param name="Kind">One of <see cref="ApplicationKind"/>.</param>
/// <param name="Target">Which one of that kind, in the kind's own words; empty where there is only one.</param>
public sealed record Application(string Kind, string Target = "")
{
    public static readonly Application Webhook = new(ApplicationKind.Webhook);
    public static readonly Application Echo = new(ApplicationKind.Echo);
    /// <summary>Documents command the call, and requests for them tell of it in plain names: call_id, from, digits.</summary>
    public static readonly Application PlainDocument = new(ApplicationKind.Document, "plain");
    /// <summary>The call was dialled into a conference, and ends when it takes part no longer.</summary>
    public static readonly Application Participant = new(ApplicationKind.Document, "participant");

    /// <summary>What a module has said of its program when the leg was made; null for the node's own, and where it said nothing.</summary>
    public ApplicationTraits? Traits { get; init; }

    /// <summary>
    /// A program inside this process (<see cref="ICallProgram"/>) commands the call; else whoever hears of it from outside.
    /// </summary>
    [JsonIgnore] public bool IsProgram => Kind is not ApplicationKind.Webhook;

    /// <inheritdoc cref="ApplicationTraits.IsConfidential"/>
    [JsonIgnore] public bool IsConfidential => Known.IsConfidential;

    /// <inheritdoc cref="ApplicationTraits.FirstCommandTimeout"/>
    [JsonIgnore] public TimeSpan? FirstCommandTimeout => Known.FirstCommandTimeout;

    /// <inheritdoc cref="ApplicationTraits.AnswersAtOnce"/>
    [JsonIgnore] public bool AnswersAtOnce => Known.AnswersAtOnce;

    /// <summary>The same with what a module says of it. Nobody is asked of the node's own kinds, and nobody changes them.</summary>
    /// <param name="ask">Gives null where no module says anything.</param>
    public Application WithTraits(Func<Application, ApplicationTraits?> ask) =>
        ApplicationTraits.OwnOf(Kind) is null && ask(this) is { } said ? this with { Traits = said } : this;

    private ApplicationTraits Known => ApplicationTraits.OwnOf(Kind) ?? Traits ?? ApplicationTraits.Usual;
}

/// <summary>Stored by these words.</summary>
public static class ApplicationKind
{
    /// <summary>A customer's program, which hears of its calls by webhooks and commands them by an API.</summary>
    public const string Webhook = "webhook";
    /// <summary>The node itself: answers at once and sends back what it hears, for tests of a line.</summary>
    public const string Echo = "echo";
    /// <summary>The node takes a message for the number that the target names.</summary>
    public const string Voicemail = "voicemail";
    /// <summary>The node plays the messages of the number that the target names to its owner.</summary>
    public const string Mailbox = "mailbox";
    /// <summary>
    /// A document that the node fetches and carries out; the target says which, and is empty for the one that the connection names.
    /// </summary>
    public const string Document = "document";
    /// <summary>What a campaign says to whoever answers; the target is the campaign's id.</summary>
    public const string Campaign = "campaign";
    /// <summary>A customer's list of actions; the target is the flow's id.</summary>
    public const string Flow = "flow";
    /// <summary>The leg rings for something that goes on in this process, which hears of it; the target says for what.</summary>
    public const string Ring = "ring";
    /// <summary>An agent that talks with the caller by a script of the node; the target names the script.</summary>
    public const string Agent = "agent";
    /// <summary>A customer's assistant that was ordered to call; the target says which order and which conversation.</summary>
    public const string Assistant = "assistant";
    /// <summary>A program that was compiled in; the target names it.</summary>
    public const string Script = "script";
}
