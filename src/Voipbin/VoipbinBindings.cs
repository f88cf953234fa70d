using Ringwright.Http;
using Ringwright.Voipbin.Activeflows;
using Ringwright.Voipbin.Calling;
using Ringwright.Voipbin.Queueing;
using static Ringwright.Http.Bind;

namespace Ringwright.Voipbin;

/// <summary>One row for each operation that is there.</summary>
public static class VoipbinBindings
{
    private const string NotBuilt = "Not built yet.";

    public static BindingTable Of(Contract contract, VoipbinParts parts)
    {
        var absent = VoipbinContract.ReadAbsent();
        return new(contract, Rows(contract, parts),
            operation => absent.GetValueOrDefault(operation.Id) ?? absent.GetValueOrDefault(operation.Family) ?? NotBuilt);
    }

    /// <summary>To be read, and not to be called.</summary>
    public static BindingTable ReadOnly(Contract contract) => Of(contract, VoipbinParts.None);

    private static IEnumerable<Binding> Rows(Contract contract, VoipbinParts parts)
    {
        var events = new VoipbinEvents(parts);
        ResourceKind outplans = Outplans.Kind(contract, events, parts), tags = VoipbinTags.Kind(contract, events);
        ResourceKind flows = Flows.Kind(contract, events, parts);
        var queues = VoipbinQueues.Kind(contract, events, parts, tags, flows);
        var agents = Agents.Kind(contract, events, parts, tags);
        var (queuecalls, groupcalls) = (Queuecalls.Kind(contract, events), Groupcalls.Kind(contract, events));
        var logins = new Logins(parts);
        ResourceKind outdials = Outdials.Kind(contract, events, parts), campaigns = new VoipbinCampaigns(contract, events, parts).Kind;
        var targets = new OutdialTargets(contract, events, parts);
        var calls = new Campaigncalls(parts);
        var dnc = new DoNotCalls(parts);
        var runs = new ActiveflowHandlers(parts, contract.Schemas.Find("Activeflow")!, flows);      // of the contract
        var status = new CampaignStatus(parts, contract.Schemas.Find("Campaign")!, runs);      // it is in the program
        return
        [
            .. All("Outplan", outplans), Crud("UpdateOutplanDialInfo", outplans),
            .. All("Outdial", outdials), Crud("UpdateOutdialCampaign", outdials), Crud("UpdateOutdialData", outdials),
            Handle("ResetOutdial", op => Outdials.Reset(op, parts, contract.Schemas.Find("Outdial")!)), // it is in the program
            .. All("Target", targets.Kind), Handle("ResetTarget", targets.Reset),
            Upload("ImportTargets", TargetImport.MostBytes, new TargetImport(targets.Kind, parts).Handle),
            .. All("Campaign", campaigns), Crud("UpdateCampaignServiceLevel", campaigns), Crud("UpdateCampaignActions", campaigns),
            Crud("UpdateCampaignResourceInfo", campaigns), Crud("UpdateCampaignNext", campaigns),
            Handle("UpdateCampaignStatus", status.Put),
            Handle("GetCampaignStats", new CampaignStats(parts).Get),
            Handle("ListCampaigncallsOfCampaign", calls.ListOfCampaign),
            Handle("ListCampaigncalls", calls.List), Handle("GetCampaigncall", calls.Get),
            Handle("DeleteCampaigncall", op => calls.Delete(op, events)),
            Handle("ListDnc", dnc.List), Handle("CreateDnc", dnc.Create), Handle("DeleteDnc", dnc.Delete),
            .. All("Tag", tags),
            .. All("Flow", flows),
            .. All("Queue", queues), Crud("UpdateQueueTags", queues), Crud("UpdateQueueRouting", queues),
            .. All("Agent", agents), Crud("UpdateAgentAddresses", agents), Crud("UpdateAgentPassword", agents),
            Crud("UpdateAgentPermission", agents), Crud("UpdateAgentStatus", agents), Crud("UpdateAgentTags", agents),
            Handle("ListActiveflows", runs.List), Handle("CreateActiveflow", runs.Create), Handle("GetActiveflow", runs.Get),
            Handle("DeleteActiveflow", runs.Delete), Handle("StopActiveflow", runs.Stop),
            Handle("ListCalls", op => CallHandlers.ListAsync(op, parts)),
            Handle("CreateCall", op => CallHandlers.CreateAsync(op, parts, flows)),
            Handle("GetCall", op => CallHandlers.GetAsync(op, parts)),
            Handle("DeleteCall", op => CallHandlers.DeleteAsync(op, parts)),
            Handle("HangupCall", op => CallHandlers.HangUpAsync(op, parts)),
            Handle("HoldCall", op => CallCommands.HoldAsync(op, parts, isOn: true)),
            Handle("UnholdCall", op => CallCommands.HoldAsync(op, parts, isOn: false)),
            Handle("MuteCall", op => CallCommands.MuteAsync(op, parts, isOn: true)),
            Handle("UnmuteCall", op => CallCommands.MuteAsync(op, parts, isOn: false)),
            Handle("StartCallRecording", op => CallCommands.RecordAsync(op, parts)),
            Handle("StopCallRecording", op => CallCommands.StopRecordingAsync(op, parts)),
            Handle("TalkToCall", op => CallCommands.TalkAsync(op, parts)),
            Handle("ListRecordings", op => RecordingsOfCalls.ListAsync(op, parts)),
            Handle("GetRecording", op => RecordingsOfCalls.GetAsync(op, parts)),
            Handle("DeleteRecording", op => RecordingsOfCalls.DeleteAsync(op, parts)),
            Handle("GetRecordingFile", op => RecordingsOfCalls.GetFileAsync(op, parts)),
            Crud("ListGroupcalls", groupcalls), Crud("GetGroupcall", groupcalls), Crud("DeleteGroupcall", groupcalls),
            Handle("CreateGroupcall", op => Groupcalls.CreateAsync(op, parts, flows)),
            Handle("HangupGroupcall", op => Groupcalls.HangUpAsync(op, parts, groupcalls)),
            Crud("ListQueuecalls", queuecalls), Crud("GetQueuecall", queuecalls), Crud("DeleteQueuecall", queuecalls),
            Handle("KickQueuecall", op => Queuecalls.KickAsync(op, parts, queuecalls)),
            Handle("KickQueuecallOfCall", op => Queuecalls.KickOfCallAsync(op, parts)),
            Handle("ListAccesskeys", op => Accesskeys.List(op, parts)),
            Handle("CreateAccesskey", op => Accesskeys.Create(op, parts)),
            Handle("GetAccesskey", op => Accesskeys.Get(op, parts)),
            Handle("UpdateAccesskey", op => Accesskeys.Update(op, parts)),
            Handle("DeleteAccesskey", op => Accesskeys.Delete(op, parts)),
            Handle("GetCustomer", op => Customers.Get(op, parts)),
            Handle("UpdateCustomer", op => Customers.Update(op, parts)),
            Handle("ListCustomers", op => CustomerAccounts.List(op, parts)),
            Handle("CreateCustomer", op => CustomerAccounts.Create(op, parts)),
            Socket("SubscribeEvents", EventSockets.MostBytes, new EventSockets(contract, parts).RunAsync),
            Handle("Login", logins.Handle),
        ];
    }

    private static IEnumerable<Binding> All(string noun, ResourceKind kind) => [Crud($"List{noun}s", kind), Crud($"Create{noun}", kind),
        Crud($"Get{noun}", kind), Crud($"Update{noun}", kind), Crud($"Delete{noun}", kind)];
}
