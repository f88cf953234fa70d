namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Sends a plain mail to each destination by the node's mail server; nobody waits for its arrival.</summary>
internal sealed class EmailSendAction : IFlowAction
{
    public string Type => "email_send";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Addresses("destinations").Required, FlowOption.Text("subject", FlowLimits.MailSubjectCharacters),
        FlowOption.Text("content", FlowLimits.MailCharacters).Required,
        // A mail has none here; clients that send all options send an empty list.
        new("attachments", OptionKind.Texts) { MostLength = 0 },
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
            return new FlowStep.Failed($"an account sends {FlowLimits.MailsAnHour} mails an hour at the most");
        await run.Parts.Records.SendMailAsync(run.Tenant, to, options.Text("subject"), options.Text("content"), run.Interrupted);
        return FlowStep.Next;
    }

    /// <summary>One bare address; null for what is none.</summary>
    private static string? MailOf(System.Text.Json.Nodes.JsonObject address) =>
        (string?)address["type"] is "email" && (string?)address["target"] is { } target && VoipbinAddress.IsMail(target) ? target : null;
}
