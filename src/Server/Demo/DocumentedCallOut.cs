using System.Security;

namespace Ringwright.Server.Demo;

/// <summary>
/// Calls that documents command: a person hears the reminder and presses a key, which comes back as a request for the next document; a
/// machine gets the message.
/// </summary>
internal abstract class DocumentedCallOut(CallOutPlan plan, WebhookSink sink) : PlacedCallOut(plan)
{
    protected const string Reminded = "reminder", Silent = "silent";

    private const string Nothing = "<Response><Hangup/></Response>", Chosen = "chosen", Left = "left";

    /// <summary>Of the answer, behind the last word of the reminder.</summary>
    private const int ListenSeconds = 7;

    /// <summary>The fields in which a request says who has answered, and which keys were pressed.</summary>
    protected abstract string AnsweredBy { get; }
    protected abstract string Digits { get; }

    /// <summary>Where changes of a call are told.</summary>
    protected string CallbackOf(Reminder reminder) => $"{sink.Url}?{WebhookSink.Of}={Escaped(reminder)}";

    /// <summary>A document that a call asks for.</summary>
    public override string Answer(string name, IFormCollection form)
    {
        string[] parts = name.Split(',');
        if (parts.Length != 2 || Find(parts[1]) is not { } reminder) return Nothing;
        return parts[0] switch
        {
            Reminded => Greet(reminder, form[AnsweredBy].ToString()),
            Chosen => Choose(reminder, form[Digits].ToString()),
            Silent => Choose(reminder, ""),
            Left => Leave(reminder),
            _ => Nothing,
        };
    }

    private string Greet(Reminder reminder, string answeredBy)
    {
        bool isMachine = answeredBy.StartsWith("machine", StringComparison.Ordinal);
        reminder.AnsweredBy = isMachine ? "machine" : answeredBy is "human" ? "human" : "not_sure";
        reminder.IsLeavingMessage = isMachine;
        Enter(reminder, isMachine ? ReminderState.Machine : ReminderState.Listening);
        return isMachine ? $"<Response>{Say(reminder.Message)}<Redirect>{UrlOf(Left, reminder)}</Redirect></Response>" : $"""
            <Response>
              <Gather numDigits="1" timeout="{ListenSeconds}" action="{UrlOf(Chosen, reminder)}">{Say(reminder.Text)}</Gather>
              <Redirect>{UrlOf(Silent, reminder)}</Redirect>
            </Response>
            """;
    }

    private static string Choose(Reminder reminder, string digits)
    {
        reminder.Digits = digits;
        reminder.GatherStatus = digits switch { "1" or "2" => "valid", "" => "timeout", _ => "invalid" };
        return Nothing;
    }

    private static string Leave(Reminder reminder)
    {
        reminder.HasLeftMessage = true;
        return Nothing;
    }

    private static string Say(string text) => $"""<Say voice="woman" language="en-US">{SecurityElement.Escape(text)}</Say>""";

    protected string UrlOf(string name, Reminder reminder) => $"{sink.Documents}{name},{Escaped(reminder)}";

    private static string Escaped(Reminder reminder) => Uri.EscapeDataString(reminder.Attempt);
}
