using System.Globalization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>The customer's own program talks with the caller: the node listens and speaks for it.</summary>
internal static class RelayService
{
    /// <summary>The label's event; the talk's id stands beside it, for others may come behind it on the call.</summary>
    public const string Event = "relay";
    private const int GreetingCharacters = 3_000;
    private const string Multi = "multi";

    /// <summary>Until the talk is over.</summary>
    /// <param name="connect">Around it: who is told how it ended.</param>
    /// <returns>How it ended, for who is asked next; null when it did not begin, which is told as a warning.</returns>
    public static async ValueTask<IReadOnlyList<KeyValuePair<string, string>>?> RunAsync(DocumentCall call, VerbValues connect,
        TexmlElement service, VerbValues values)
    {
        if (values.Filled("url") is not { } said || await Actions.ResolveAsync(call, said, service.Name, TargetUse.Socket) is not { } url)
        {
            if (!values.Has("url")) await call.WarnAsync($"{service.Name} has no url ({service.At})");
            return null;
        }
        var conversation = Guid.NewGuid();
        var terms = await TermsAsync(call, service, values, new(url)
        {
            Headers = await call.SignatureOfAsync(Actions.SignedOf(said, url)),
            Setup = [.. call.Language.OfTalk(call.Leg, conversation)],
        });
        if (FaultOf(terms) is { } fault)
        {
            await call.WarnAsync($"{service.Name} was refused: {fault} ({service.At})");
            return null;
        }
        string? callback = await Actions.CallbackAsync(call, connect, "action", "method", [Event, conversation.ToString("N")]);
        var start = new LegCommand.StartAgent(new(conversation) { Voice = terms.Voice, Recogniser = terms.Recogniser ?? "" })
        {
            Labels = Labels.Of((TexmlLabels.Relay, callback)),
        };
        var order = call.Parts.Relays.Place(conversation, terms);
        try
        {
            if (!await call.TrySendAsync(start, service.Name)) return null;
            var ended = await call.NextAsync<CallEvent.AgentEnded>(e => e.Terms.Conversation == conversation);
            // Then a callback tells, and no document is asked for: the call's own end comes next.
            if (ended.Reason is AgentEnd.NodeRestart) await call.NextAsync(_ => false);
            var outcome = ended.Reason is AgentEnd.NodeFailure ? new RelayOutcome(RelayFault.Failed, null, "the node has failed") : null;
            return FieldsOf(call.Language.Talk(conversation), ended.Lasted, order.Outcome ?? outcome);
        }
        catch (ReplacedException)
        {
            await call.SendAsync(new LegCommand.StopAgent { Conversation = conversation });
            throw;
        }
        finally
        {
            call.Parts.Relays.Forget(conversation);
        }
    }

    /// <param name="outcome">Null where the program has not ended it, and nothing has failed.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> FieldsOf(string session, TimeSpan lasted, RelayOutcome? outcome)
    {
        var fields = new List<KeyValuePair<string, string>>
        {
            new("SessionId", session),
            new("SessionStatus", outcome is null ? "completed" : outcome.Fault is RelayFault.None ? "ended" : "failed"),
            new("SessionDuration", ((long)lasted.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
        };
        if (outcome?.Handoff is { } handoff) fields.Add(new("HandoffData", handoff));
        // Codes and texts of TwiML, where it has one.
        if (outcome?.Fault is RelayFault.NotReached) fields.AddRange(Error("64102", "Unable to connect to websocket URL"));
        else if (outcome?.Fault is RelayFault.Lost) fields.AddRange(Error("64105", "Websocket ended"));
        else if (outcome?.Fault is RelayFault.Failed) fields.Add(new("ErrorMessage", outcome.Why));
        return fields;
    }

    private static KeyValuePair<string, string>[] Error(string code, string message) =>
        [new("ErrorCode", code), new("ErrorMessage", message)];

    private static async ValueTask<RelayTerms> TermsAsync(DocumentCall call, TexmlElement service, VerbValues values, RelayTerms terms)
    {
        string language = values.Text("language");
        string spoken = values.Filled("ttsLanguage") ?? language, heard = values.Filled("transcriptionLanguage") ?? language;
        var (recogniser, model) = await ListenerAsync(call, values, heard);
        var languages = new List<RelayLanguage>();
        foreach (var child in service.Children.Where(child => child.Name is "Language"))
            if (await LanguageAsync(call, child, values) is { } one) languages.Add(one);
        var shown = values.Words("debug").Concat(values.Words("events")).ToList();
        return terms with
        {
            Parameters = [.. ServiceVerbs.ParametersOf(service).Select(one => KeyValuePair.Create(one.Name, one.Value))],
            Greeting = values.Text("welcomeGreeting"),
            Language = spoken is Multi ? "en-US" : spoken,
            ListensIn = heard,
            Voice = VoiceOf(values.Text("ttsProvider"), values.Text("voice")),
            Recogniser = recogniser,
            RecogniserModel = model,
            Hints = [.. values.Text("hints").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            Languages = languages,
            Interrupts = InputOf(values.Text("interruptible")),
            Sensitivity = values.Text("interruptSensitivity").ToLowerInvariant() switch
            {
                "medium" => RelaySensitivity.Medium,
                "low" => RelaySensitivity.Low,
                _ => RelaySensitivity.High,
            },
            InterruptsGreeting = InputOf(values.Text("welcomeGreetingInterruptible")),
            Reports = InputOf(values.Text("reportInputDuringAgentSpeech")),
            TellsKeys = values.Flag("dtmfDetection"),
            IsPreemptible = values.Flag("preemptible"),
            TellsPartials = values.Flag("partialPrompts"),
            TellsSpeaking = shown.Contains("speaker-events", StringComparer.OrdinalIgnoreCase),
            TellsHeard = shown.Contains("tokens-played", StringComparer.OrdinalIgnoreCase),
            Silence = await SilenceAsync(call, service, values),
        };
    }

    /// <summary>Null for one without a code, which is told as a warning.</summary>
    private static async ValueTask<RelayLanguage?> LanguageAsync(DocumentCall call, TexmlElement element, VerbValues around)
    {
        var values = call.Read(element);        // who runs the document has told what is wrong with it
        if (values.Filled("code") is not { } code)
        {
            await call.WarnAsync($"Language has no code ({element.At})");
            return null;
        }
        var (recogniser, model) = values.Has("transcriptionProvider") ? await ListenerAsync(call, values, code) : (null, null);
        string provider = values.Filled("ttsProvider") ?? around.Text("ttsProvider");
        return new(code)
        {
            Voice = values.Filled("voice") is { } voice ? VoiceOf(provider, voice) : null, Recogniser = recogniser, RecogniserModel = model,
        };
    }

    private static async ValueTask<(string? Recogniser, string? Model)> ListenerAsync(DocumentCall call, VerbValues values, string language)
    {
        if (values.Filled("transcriptionProvider") is not { } provider) return (null, null);
        var terms = new TranscriptionTerms(language is Multi ? "und" : language, TapTracks.Said) { Model = values.Filled("speechModel") };
        terms = await Listeners.OfAsync(call, "transcriptionProvider", provider, terms);
        // A model of a provider that is not there is nobody's.
        return (terms.Recogniser, terms.Recogniser is null ? null : terms.Model);
    }

    private static async ValueTask<TimeSpan?> SilenceAsync(DocumentCall call, TexmlElement service, VerbValues values)
    {
        if (values.Text("speechTimeout") is not { Length: > 0 } said || said is "auto") return null;
        if (int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out int ms) && ms is >= 600 and <= 5_000)
            return TimeSpan.FromMilliseconds(ms);
        await call.WarnAsync($"speechTimeout is auto, or milliseconds from 600 to 5000 ({service.At})");
        return null;
    }

    /// <summary>Names of providers' voices as Say has them; without a provider as they stand.</summary>
    private static string VoiceOf(string provider, string voice)
    {
        if (voice.Length == 0) return "";
        // A provider's name has dots in front, and numbers behind have some too.
        bool isWhole = voice.Split('-')[0].Contains('.', StringComparison.Ordinal)
            && !voice.StartsWith("Polly.", StringComparison.OrdinalIgnoreCase);
        return isWhole ? voice : provider.ToLowerInvariant() switch
        {
            "amazon" => SayVerb.VoiceOf($"Polly.{voice[(voice.LastIndexOf('.') + 1)..]}"),
            // ID, or ID-MODEL, or ID-NUMBERS: how it is to sound is not asked for.
            "elevenlabs" => voice.Split('-') is [var id, [>= 'a' and <= 'z', ..] model, ..] ? $"ElevenLabs.eleven_{model}.{id}"
                : $"ElevenLabs.Default.{voice.Split('-')[0]}",
            _ => SayVerb.VoiceOf(voice),
        };
    }

    private static RelayInput InputOf(string word) => word.ToLowerInvariant() switch
    {
        "any" or "true" => RelayInput.Any,
        "speech" => RelayInput.Speech,
        "dtmf" => RelayInput.Keys,
        _ => RelayInput.None,
    };

    /// <summary>As the end of a sentence; null when nothing is wrong.</summary>
    private static string? FaultOf(RelayTerms terms)
    {
        // RFC 6455 section 3
        if (terms.Url.Contains('#', StringComparison.Ordinal)) return "its url has a fragment";
        if (terms.Greeting.Length > GreetingCharacters) return $"welcomeGreeting has more than {GreetingCharacters} characters";
        const int most = VoiceLimits.StreamParameterLength;
        if (terms.Parameters.Count > VoiceLimits.StreamParameters
            || terms.Parameters.Any(one => one.Key.Length > most || one.Value.Length > most))
            return $"there are at most {VoiceLimits.StreamParameters} parameters, of {most} characters each";
        if (terms.Hints.Count > VoiceLimits.Hints || terms.Hints.Any(hint => hint.Length > VoiceLimits.HintLength))
            return $"there are at most {VoiceLimits.Hints} hints, of {VoiceLimits.HintLength} characters each";
        if (terms.Languages.Count > Limits.Languages) return $"there are more than {Limits.Languages} languages";
        var names = terms.Languages.SelectMany(one => new[] { one.Code, one.Voice, one.RecogniserModel })
            .Concat([terms.Language, terms.ListensIn, terms.Voice, terms.RecogniserModel]);
        return names.Any(name => name?.Length > VoiceLimits.VoiceLength)
            ? $"languages, voices and models have at most {VoiceLimits.VoiceLength} characters" : null;
    }
}
