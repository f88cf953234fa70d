using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>Sounds that a body names by URLs, which are asked for before anything is done.</summary>
internal sealed class BodySounds(OperationContext op, VoiceParts parts, VoiceBody body, ConferenceRow conference)
{
    private readonly BodyUrls _urls = new(op, parts, body);
    private readonly List<string> _warnings = [];

    /// <summary>What of the documents is not heard, as sentences.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>All of it, one after the other. Empty where the field is not there, or the body's problems say why.</summary>
    /// <param name="call">Whom the request tells of.</param>
    public async ValueTask<IReadOnlyList<DocumentSound>> AllAsync(string field, string method, string? call = null)
    {
        string? url = body.Text(field) is { } said && parts.Sounds.IsKept(op.Tenant, said) ? said
            : await _urls.UrlAsync(field, TargetUse.Document);
        if (url is null || body.Problems.Count > 0) return [];
        List<KeyValuePair<string, string>> parameters =
        [
            new("AccountSid", op.Tenant.ToString()), new("ConferenceSid", conference.Uuid.ToString()), new("FriendlyName", conference.Name),
        ];
        if (call is not null) parameters.Add(new("CallSid", call));
        var sounds = await parts.Sounds.ReadAsync(new(op.Tenant, url, method, parameters), op.Stop);
        if (sounds.Problem is { } problem) body.Refuse(VoiceErrors.BadRequest, field, $"{field} gives nothing to hear: {problem}.");
        foreach (string warning in sounds.Warnings) _warnings.Add($"{field}: {warning}");
        return sounds.Sounds;
    }

    /// <summary>All of it as what is heard again and again, from the beginning or from a sound that is for ever.</summary>
    public async ValueTask<PromptSource?> MusicAsync(string field, string method, string? call = null)
    {
        var sounds = await AllAsync(field, method, call);
        var music = DocumentSound.Repeated(sounds, VoiceLimits.SoundsInTurn, out bool isWhole);
        if (!isWhole) _warnings.Add($"{field}: the first {VoiceLimits.SoundsInTurn} sounds are heard, and no more");
        return music;
    }

    /// <summary>Tells people of them, in the trace of a call.</summary>
    public async ValueTask WarnAsync(LegId call)
    {
        foreach (string warning in _warnings) await op.Calls.SendAsync(call, new LegCommand.Note(NoteKind.Warning, warning), op.Stop);
    }
}
