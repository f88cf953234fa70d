using System.Collections.Frozen;
using Ringwright.Voipbin.Activeflows.Actions;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>Where a type of action may run: on calls, outside of them, or both.</summary>
internal enum FlowMedia { Call, Alone, Any }

/// <param name="Lacks">Why it is not there; null when it is.</param>
internal sealed record KnownAction(string Type, FlowMedia Media, string? Lacks, IFlowAction? Action);

/// <summary>All types of actions: the contract's table, and what carries them out.</summary>
internal static class FlowActions
{
    /// <summary>One file each, in the order of the contract.</summary>
    public static readonly IReadOnlyList<IFlowAction> All =
    [
        new AnswerAction(), new TalkAction(), new PlayAction(), new AmdAction(), new BeepAction(), new DigitsReceiveAction(),
        new BranchAction(), new ConditionVariableAction(), new ConditionDatetimeAction(), new GotoAction(), new VariableSetAction(),
        new ConnectAction(), new QueueJoinAction(), new HangupAction(), new RecordingStartAction(), new RecordingStopAction(),
        new SleepAction(),
        new StopAction(), new MessageSendAction(), new WebhookSendAction(), new FetchAction(), new FetchFlowAction(), new EmptyAction(),
        new CallAction(),
        new ConferenceJoinAction(), new ConfbridgeJoinAction(), new ConditionCallDigitsAction(), new ConditionCallStatusAction(),
        new DigitsSendAction(), new EchoAction(), new StreamEchoAction(), new ExternalMediaStartAction(), new ExternalMediaStopAction(),
        new MuteAction(), new TranscribeStartAction(), new TranscribeStopAction(), new TranscribeRecordingAction(),
        new AiTalkAction(), new AiTaskAction(), new AiSummaryAction(), new EmailSendAction(),
    ];

    private static readonly FrozenDictionary<string, KnownAction> Known = Read();

    /// <summary>Null for a type that there is not.</summary>
    public static KnownAction? Find(string type) => Known.GetValueOrDefault(type);

    private static FrozenDictionary<string, KnownAction> Read()
    {
        var byType = All.ToDictionary(action => action.Type, StringComparer.Ordinal);
        return VoipbinContract.ReadActions().ToFrozenDictionary(row => row.Key, row => new KnownAction(row.Key, row.Value.Media switch
        {
            "rtc" => FlowMedia.Call,
            "non" => FlowMedia.Alone,
            _ => FlowMedia.Any,
        }, row.Value.Lacks is "-" ? null : row.Value.Lacks, byType.GetValueOrDefault(row.Key)), StringComparer.Ordinal);
    }
}
