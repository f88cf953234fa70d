using Ringwright.Calls;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml.Verbs;

/// <summary>Takes the caller into a conference, which begins with the first who comes.</summary>
internal static class ConferenceNoun
{
    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues dial)
    {
        var values = call.Read(element);
        foreach (string warning in values.Warnings) await call.WarnAsync(warning);
        if (element.OwnText.Length == 0)
        {
            await call.WarnAsync($"Conference has no name ({element.At})");
            return await ActAsync("failed");
        }
        // The others go on with their own documents.
        var part = new Participation { IsMuted = values.Flag("muted"), EndsSoftly = values.Flag("endConferenceOnExit") };
        if (values.Filled("coach") is { } sid)
        {
            // He is not let in, for all would hear him; nor is he by the conference where that call takes no part.
            if (!TwimlSids.TryCall(sid, out var coached))
            {
                await call.WarnAsync($"coach names no call ({element.At})");
                return await ActAsync("failed");
            }
            part = part with { Role = SupervisorRole.Whisper, WhispersTo = [coached] };
        }
        await call.AnswerAsync();
        bool starts = values.Flag("startConferenceOnEnter");
        var beeps = values.Text("beep") switch
        {
            "false" => ConferenceBeeps.Never,
            "onEnter" => ConferenceBeeps.OnEnter,
            "onExit" => ConferenceBeeps.OnExit,
            _ => ConferenceBeeps.Always,
        };
        string? status =
            await Actions.CallbackAsync(call, values, "statusCallback", "statusCallbackMethod", values.Words("statusCallbackEvent"));
        var music = await WaitSoundAsync(call, values) ?? WaitingTone.Of(call, values);
        var plan = RecordingOf(values, call.Language.UsualFormat);
        var labels = Labels.Of((TexmlLabels.Conference, status), (TexmlLabels.ParticipantLabel, values.Filled("participantLabel")),
            // Said in any case: he may come from another one.
            (TexmlLabels.StartsConference, starts ? "true" : "false"),
            (TexmlLabels.Language, call.Language.IsTwiml ? TwimlLanguage.Target : null));
        if (plan is not null)
        {
            bool tellsUrl = RecordingLabels.TellsUrl(call, values);
            string url = values.Filled("recordingStatusCallback") is null && values.Filled("eventCallbackUrl") is not null
                ? "eventCallbackUrl" : "recordingStatusCallback";
            plan = plan with { Labels = await RecordingLabels.OfAsync(call, values, "Conference", tellsUrl, url) };
        }
        var command = new LegCommand.CreateConference(Guid.CreateVersion7(), element.OwnText)
        {
            Terms = new()
            {
                MaxParticipants = values.Whole("maxParticipants") ?? ConferenceTerms.UsualParticipants, StartsAtOnce = starts,
                HoldAudio = music,
            },
            As = part,
            HoldAudio = music,
            JoinsExisting = true,
            Starts = starts,
            Beeps = beeps,
            Record = plan,
            Labels = labels,
        };
        if (!await call.TrySendAsync(command, "Conference")) return await ActAsync("failed");
        // As TwiML has it: who has been in a conference was answered there.
        string ended = call.Language.IsTwiml ? "answered" : "completed";
        call.TakesDigits = dial.Flag("hangupOnStar");
        try
        {
            // He may be on his way out of another one.
            var joined = await call.NextAsync<ConferenceEvent.ParticipantJoined>(e => e.Conference.Name == element.OwnText);
            if (plan is not null && joined.Conference.Uuid != command.Uuid)
                await call.WarnAsync("record does nothing: the conference is there, and whoever made it says whether it is recorded");
            bool IsEnd(object e) => e is ConferenceEvent.ParticipantLeft left && left.Conference.Id == joined.Conference.Id;
            object? happened = await DialVerb.NextInTimeAsync(call, dial, e => IsEnd(e) || e is CallEvent.DigitReceived { Digit: '*' });
            // He leaves the conference, and goes on with his document.
            if (happened is null or CallEvent.DigitReceived)
            {
                await call.TrySendAsync(new LegCommand.Park(), happened is null ? "timeLimit" : "hangupOnStar");
                await call.NextAsync(IsEnd);
            }
        }
        catch (CallOverException)
        {
            await Actions.TellAsync(call, dial, [new("DialCallStatus", ended)]);
            throw;
        }
        finally
        {
            call.TakesDigits = false;
        }
        return await ActAsync(ended);

        ValueTask<Step> ActAsync(string result) =>
            Actions.GoAsync(call, dial, [new("DialCallStatus", result)], usesDocument: false, outlivesCall: true);
    }

    /// <summary>Of all voices in one; null for none.</summary>
    private static RecordPlan? RecordingOf(VerbValues values, RecordFormat format) =>
        values.Text("record") is "do-not-record" ? null : new()
        {
            Id = Guid.CreateVersion7(),
            Format = format,
            Beeps = values.Flag("recordBeep"),
            SilenceLimit = values.Seconds("recordingTimeout") is { Ticks: > 0 } silence ? silence : null,
            TrimsSilence = values.Text("trim") is "trim-silence",
        };

    /// <summary>
    /// A sound, or what a document plays and says, one after the other and again from the first, or from the one that is to be heard for
    /// ever; where it does neither, what is heard where it leads to.
    /// </summary>
    private static async ValueTask<PromptSource?> WaitSoundAsync(DocumentCall call, VerbValues values)
    {
        if (values.Filled("waitUrl") is not { } said) return null;
        if (call.Language.RecordingOf(call.Leg.Tenant, said) is { } kept) return new PromptSource.Recording(kept);
        if (await Actions.ResolveAsync(call, said, "waitUrl") is not { } url) return null;
        string method = values.Method("waitMethod");
        var before = call.Base;
        try
        {
            for (int documents = 0; documents <= Limits.Redirects; documents++)
            {
                var fetched = await call.FetchAsync(url, method, []);
                if (fetched is { Root: null, Problem: null }) return new PromptSource.Url(fetched.Url);
                call.Base = new(fetched.Url);
                if (fetched.Root is { } root && root.Children.TakeWhile(child => child.Name is not "Redirect")
                    .Any(child => child.Name is "Play" or "Say" && child.Text.Length > 0))
                    return await SoundsAsync(call, root);
                if (fetched.Root is null || Find(fetched.Root, "Redirect") is not { } redirect)
                {
                    string problem = fetched.Problem ?? "it plays and says nothing";
                    await call.WarnAsync($"waitUrl: {problem} ({DocumentFetch.Shown(fetched.Url)})", fetched.Url);
                    return null;
                }
                if (await Actions.ResolveAsync(call, redirect.Text, "Redirect") is not { } next) return null;
                (url, method) = (next, call.Read(redirect).Method("method"));
            }
        }
        finally
        {
            call.Base = before;
        }
        await call.WarnAsync($"waitUrl: it leads from document to document, more than {Limits.Redirects} times");
        return null;

        static TexmlElement? Find(TexmlElement root, string name) =>
            root.Children.FirstOrDefault(child => child.Name == name && child.Text.Length > 0);
    }

    /// <summary>What of a document is heard by who waits. A Redirect at its end begins again, as its end does.</summary>
    private static async ValueTask<PromptSource?> SoundsAsync(DocumentCall call, TexmlElement root)
    {
        var sounds = new List<DocumentSound>();
        int count = 0;
        foreach (var element in root.Children)
        {
            if (element.Name is "Redirect") break;
            if (count == Limits.Prompts)
            {
                await call.WarnAsync($"of the waitUrl of a conference the first {Limits.Prompts} sounds are heard ({element.At})");
                break;
            }
            var values = call.Read(element);
            foreach (string warning in values.Warnings) await call.WarnAsync(warning);
            PromptSource? source = element.Name switch
            {
                "Play" => await PlayVerb.SourceAsync(call, element, values),
                "Say" when SpokenPause.Of(element) is { } pause => PauseVerb.Silence(pause),
                "Say" => await SayVerb.SpeechAsync(call, element, values),
                "Pause" => PauseVerb.Silence(values),
                _ => null,
            };
            if (source is null && element.Name is not ("Play" or "Say" or "Pause"))
                await call.WarnAsync($"{element.Name} cannot be heard by who waits for a conference ({element.At})");
            if (source is null) continue;
            int loops = element.Name is "Pause" ? 1 : values.Whole("loop") ?? 1;
            sounds.Add(new(source, loops));
            count += Math.Clamp(loops, 1, Limits.Prompts - count);
            if (loops == 0) break;      // for ever
        }
        return DocumentSound.Repeated(sounds, Limits.Prompts, out _);
    }
}
