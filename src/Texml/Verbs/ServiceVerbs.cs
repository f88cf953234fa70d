using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Start, Stop and Connect: what runs beside a call, and what has it to itself.</summary>
internal static class ServiceVerbs
{
    public static async ValueTask<Step> StartAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        foreach (var service in element.Children)
        {
            if (await ReadAsync(call, element, service) is not { } read) continue;
            await call.AnswerAsync();
            _ = await BeginAsync(call, service, read);
        }
        return Step.Next;
    }

    /// <summary>What is named, or was started last of that kind.</summary>
    public static async ValueTask<Step> StopAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        foreach (var service in element.Children)
        {
            if (await ReadAsync(call, element, service) is not { } read) continue;
            string? name = service.Name is "Suppression" ? null : read.Filled("name");
            bool isOurs = call.Services.TryTake(service.Name, name, out var id);
            // Somebody may have started it by the API, and called it so.
            if (!isOurs && name is not null && !IsNamed(call, service.Name, name))
            {
                await call.WarnAsync($"Stop finds no {service.Name} of the name {name} ({service.At})");
                continue;
            }
            LegCommand command = service.Name switch
            {
                "Stream" => new LegCommand.StopStream(null),
                "Transcription" => new LegCommand.StopTranscription(),
                "Suppression" => new LegCommand.SuppressNoise(false, false),
                "Siprec" => new LegCommand.StopSiprec(),
                "Recording" => new LegCommand.RecordStop(id),
                _ => throw new UnreachableException(),
            };
            await call.TrySendAsync(command, $"Stop of {service.Name}");
        }
        return Step.Next;
    }

    /// <summary>Until the service ends; then on to the action, where there is one.</summary>
    public static async ValueTask<Step> ConnectAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        foreach (var service in element.Children)
        {
            if (await ReadAsync(call, element, service) is not { } read) continue;
            if (service.Name is "AIAssistant")
            {
                if (await AssistantVerbs.ConnectAsync(call, service, read) is not { } step) continue;
                return step is Step.Onward ? await Actions.GoAsync(call, values, [], usesDocument: false) : step;
            }
            await call.AnswerAsync();
            if (service.Name is "ConversationRelay")
            {
                if (await RelayService.RunAsync(call, values, service, read) is not { } told) continue;
                return await Actions.GoAsync(call, values, told, usesDocument: false);
            }
            if (!await BeginAsync(call, service, read)) continue;
            try
            {
                string? failure = service.Name is "Siprec" ? await SiprecService.EndAsync(call) : await StreamService.EndAsync(call);
                if (failure is not null) await call.WarnAsync($"{service.Name}: {failure}");
            }
            catch (ReplacedException)
            {
                await call.SendAsync(service.Name is "Siprec" ? new LegCommand.StopSiprec() : new LegCommand.StopStream(null));
                throw;
            }
            return await Actions.GoAsync(call, values, [], usesDocument: false);
        }
        return Step.Next;
    }

    /// <summary>Null for one that may not stand there, which is told.</summary>
    private static async ValueTask<VerbValues?> ReadAsync(DocumentCall call, TexmlElement verb, TexmlElement service)
    {
        if (TexmlPlaces.RowOf(TexmlSheet.Elements[verb.Name], service.Name) is null) return null;
        var values = call.Read(service);
        foreach (string warning in values.Warnings) await call.WarnAsync(warning);
        return values;
    }

    private static bool IsNamed(DocumentCall call, string kind, string name) => kind switch
    {
        "Stream" => call.Leg.Labels[TexmlLabels.StreamName] == name,
        "Siprec" => call.Leg.Labels[TexmlLabels.SiprecName] == name,
        "Transcription" => call.Leg.Labels[TexmlLabels.TranscriptionName] == name,
        _ => false,
    };

    private static async ValueTask<bool> BeginAsync(DocumentCall call, TexmlElement service, VerbValues values)
    {
        if (service.Name is "Recording") return await RecordingService.BeginAsync(call, values);
        bool hasBegun = service.Name switch
        {
            "Stream" => await StreamService.BeginAsync(call, service, values),
            "Transcription" => await TranscriptionService.BeginAsync(call, values),
            "Siprec" => await SiprecService.BeginAsync(call, service, values),
            "Suppression" => await call.TrySendAsync(new LegCommand.SuppressNoise(
                values.Text("direction") is not "outbound", values.Text("direction") is not "inbound"), "Suppression"),
            _ => throw new UnreachableException(),
        };
        if (hasBegun) call.Services.Set(service.Name, service.Name is "Suppression" ? null : values.Filled("name"));
        return hasBegun;
    }

    public static TapTracks TracksOf(string track) => track switch
    {
        "outbound_track" => TapTracks.Heard,
        "both_tracks" => TapTracks.Said | TapTracks.Heard,
        _ => TapTracks.Said,
    };

    /// <summary>What stands in a service, name by name.</summary>
    public static IEnumerable<StreamParameter> ParametersOf(TexmlElement service) =>
        service.Children.Where(child => child is { Name: "Parameter" } && child["name"] is not null)
            .Select(child => new StreamParameter(child["name"]!, child["value"] ?? ""));
}
