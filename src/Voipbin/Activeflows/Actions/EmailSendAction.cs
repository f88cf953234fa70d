using System.Net;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>
/// Sends a mail to each destination by the node's mail server, and recordings with it; nobody waits for its arrival. It is HTML where the
/// flow says so itself: what variables bring in is text in either, for strangers can say that.
/// </summary>
internal sealed class EmailSendAction : IFlowAction
{
    public string Type => "email_send";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Addresses("destinations").Required, FlowOption.Text("subject", FlowLimits.MailSubjectCharacters),
        FlowOption.Text("content", FlowLimits.MailCharacters).Required,
        new("attachments", OptionKind.Recordings) { MostLength = FlowLimits.MailRecordings },
    ];

    public bool EndsOnFailure => false;

    public string? FaultOf(FlowOptions options) =>
        options.Objects("destinations").FirstOrDefault(one => MailOf(one) is null) is { } wrong
            ? $"{Type}: destinations has no mail address: {(string?)wrong["target"]}" : null;

    public string? LackOf(FlowParts parts) => parts.HasMail ? null : "this node has no mail server";

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        string[] to = [.. options.Objects("destinations").Select(MailOf).OfType<string>()];
        if (!run.Parts.Mails.TryTake(run.Tenant, to.Length))
            return new FlowStep.Failed($"an account sends {FlowLimits.MailsAnHour} mails an hour at the most, and those below one "
                + $"{FlowLimits.MailsBelowAnHour} together");
        Guid[] recordings = [.. options.Objects("attachments").Where(one => (string?)one["reference_type"] is "recording")
            .Select(one => Guid.Parse((string)one["reference_id"]!))];       // checked
        string written = options.Written("content");
        bool isHtml = IsHtml(written);
        string content = isHtml ? run.Variables.Fill(written, static value => WebUtility.HtmlEncode(value)) : options.Text("content");
        var mail = new FlowMail(to, options.Text("subject"), content, recordings) { IsHtml = isHtml };
        return await run.Parts.Records.SendMailAsync(run.Tenant, mail, run.Interrupted) is { } why ? new FlowStep.Failed(why)
            : FlowStep.Next;
    }

    /// <summary>Begins as a document of HTML does, or with an element that ends somewhere.</summary>
    private static bool IsHtml(string content)
    {
        string text = content.TrimStart();
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)) return true;
        int end = 1;
        while (end < text.Length && char.IsAsciiLetterOrDigit(text[end])) end++;
        return text.StartsWith('<') && end > 1 && char.IsAsciiLetter(text[1])
            && text.Contains($"</{text[1..end]}>", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>One bare address; null for what is none.</summary>
    private static string? MailOf(System.Text.Json.Nodes.JsonObject address) =>
        (string?)address["type"] is "email" && (string?)address["target"] is { } target && VoipbinAddress.IsMail(target) ? target : null;
}
