// What LLVM and clang offer in C++ alone: registration with the compiler, the source's
// declarations, and the rewriting of calls so that they unwind into a cleanup. One file for LLVM 14
// to 22. Its second half needs clang around it, which opt is not: PROFINST_CLANG says whether it is
// in (see CMakeLists.txt).
#include "bridge.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>
#include <llvm/Passes/PassBuilder.h>
#if LLVM_VERSION_MAJOR >= 22
#include <llvm/Plugins/PassPlugin.h>
#else
#include <llvm/Passes/PassPlugin.h>
#endif
#include <llvm/Transforms/Scalar/IndVarSimplify.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/EscapeEnumerator.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>
#include <llvm/Transforms/Utils/PromoteMemToReg.h>

#include <llvm/ADT/StringExtras.h>
#include <llvm/Analysis/CFG.h>
#include <llvm/Demangle/Demangle.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/StringSaver.h>

#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <functional>

#include "filter.h"

#if PROFINST_CLANG
#include <clang/AST/ASTConsumer.h>
#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/Mangle.h>
#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendPluginRegistry.h>
#include <clang/Lex/PPCallbacks.h>
#include <clang/Lex/Preprocessor.h>
#include <dlfcn.h>
#endif

// ---- the pass ---------------------------------------------------------------------------------

namespace {

// Where the runtime runs. Hand-written bitcode may name no target and gets that of this machine. The
// part of a program for a graphics card is not hooked; code for other processors is refused.
bool isForSupportedTarget(const llvm::Module &module)
{
  const llvm::Triple target(module.getTargetTriple());
  return target.str().empty() ||
         ((target.getArch() == llvm::Triple::x86_64 || target.getArch() == llvm::Triple::aarch64) &&
          target.isOSLinux() && module.getDataLayout().getPointerSize() == 8);
}

void refuseTarget(const llvm::Module &module)
{
  const llvm::Triple target(module.getTargetTriple());
  if (target.isNVPTX() || target.isAMDGPU() || target.isSPIR() || target.isSPIRV())
    return;
  module.getContext().emitError("profinst: hooks are for Linux on x86_64 and aarch64, not for " +
                                target.str());
}

struct EarlyPass : llvm::PassInfoMixin<EarlyPass> {
  llvm::PreservedAnalyses run(llvm::Module &module, llvm::ModuleAnalysisManager &)
  {
    if (!isForSupportedTarget(module))
      return llvm::PreservedAnalyses::all();
    profinst_prepare(llvm::wrap(&module));
    return llvm::PreservedAnalyses::none();
  }
  static bool isRequired() { return true; }
};

struct Pass : llvm::PassInfoMixin<Pass> {
  llvm::PreservedAnalyses run(llvm::Module &module, llvm::ModuleAnalysisManager &)
  {
    if (!isForSupportedTarget(module))
      refuseTarget(module);
    else if (profinst_instrument(llvm::wrap(&module)))
      return llvm::PreservedAnalyses::none();
    return llvm::PreservedAnalyses::all();
  }
  static bool isRequired() { return true; }
};

// Probes would keep a loop from being vectorized. In one that calls nothing they become a number that is
// counted up, and one probe for all of them behind the loop.
struct LoopPass : llvm::PassInfoMixin<LoopPass> {
  using Probes = llvm::MapVector<std::pair<llvm::Value *, const llvm::DILocation *>,
                                 llvm::SmallVector<llvm::CallInst *, 4>>;

  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses)
  {
    llvm::LoopInfo &loops = analyses.getResult<llvm::LoopAnalysis>(function);
    llvm::DominatorTree &tree = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
    bool changed = false;
    for (llvm::Loop *loop : llvm::SmallVector<llvm::Loop *, 8>(loops.begin(), loops.end()))
      changed |= visit(*loop, loops, tree);
    if (!changed)
      return llvm::PreservedAnalyses::all();
    // Most numbers are known when the loop begins, and need not be counted.
    analyses.invalidate(function, llvm::PreservedAnalyses::none());
    llvm::createFunctionToLoopPassAdaptor(llvm::IndVarSimplifyPass()).run(function, analyses);
    return llvm::PreservedAnalyses::none();
  }

private:
  // The outermost loops that call nothing.
  static bool visit(llvm::Loop &loop, llvm::LoopInfo &loops, llvm::DominatorTree &tree)
  {
    Probes probes;
    if (find(loop, probes))
      return !probes.empty() && gather(loop, probes, loops, tree);
    bool changed = false;
    for (llvm::Loop *inner : llvm::SmallVector<llvm::Loop *, 8>(loop.begin(), loop.end()))
      changed |= visit(*inner, loops, tree);
    return changed;
  }

  // False if something else is called, and may not return or look at what has been counted.
  static bool find(const llvm::Loop &loop, Probes &probes)
  {
    for (llvm::BasicBlock *block : loop.blocks())
      for (llvm::Instruction &instruction : *block) {
        auto *call = llvm::dyn_cast<llvm::CallBase>(&instruction);
        if (call && profinst_is_probe(llvm::wrap(call))) {
          const llvm::DebugLoc &location = call->getDebugLoc();
          probes[{call->getArgOperand(1), location ? location.getInlinedAt() : nullptr}].push_back(
              llvm::cast<llvm::CallInst>(call));
        } else if (call && !llvm::isa<llvm::IntrinsicInst>(call)) {
          return false;
        }
      }
    return true;
  }

  static bool gather(llvm::Loop &loop, Probes &probes, llvm::LoopInfo &loops,
                     llvm::DominatorTree &tree)
  {
    bool changed = llvm::simplifyLoop(&loop, &tree, &loops, nullptr, nullptr, nullptr, false);
    probes.clear(); // some may be in a loop of their own now
    find(loop, probes);
    llvm::BasicBlock *before = loop.getLoopPreheader();
    llvm::SmallVector<llvm::BasicBlock *, 4> exits;
    loop.getUniqueExitBlocks(exits);
    if (exits.empty()) // never left but by a signal
      return changed;
    for (llvm::BasicBlock *exit : exits)
      if (exit->isEHPad())
        return changed;
    if (!before || !loop.hasDedicatedExits())
      return changed;
    std::vector<llvm::AllocaInst *> numbers;
    for (const auto &entry : probes)
      numbers.push_back(count(entry.second, *before, exits));
    llvm::PromoteMemToReg(numbers, tree);
    return true;
  }

  static llvm::AllocaInst *count(const llvm::SmallVectorImpl<llvm::CallInst *> &probes,
                                 llvm::BasicBlock &before,
                                 const llvm::SmallVectorImpl<llvm::BasicBlock *> &exits)
  {
    llvm::IRBuilder<> builder(&before.getParent()->getEntryBlock().front());
    llvm::Type *type = builder.getInt64Ty();
    llvm::AllocaInst *number = builder.CreateAlloca(type);
    builder.SetInsertPoint(before.getTerminator());
    builder.CreateStore(builder.getInt64(0), number);
    for (llvm::BasicBlock *exit : exits) {
      auto *all = llvm::cast<llvm::CallInst>(probes.front()->clone());
      builder.SetInsertPoint(&*exit->getFirstInsertionPt());
      llvm::Value *sum = builder.CreateLoad(type, number);
      all->setArgOperand(0, builder.CreateIntToPtr(sum, all->getArgOperand(0)->getType()));
      all->setArgOperand(3, builder.getInt32(1)); // not 0: there is a number
      builder.Insert(all);
      all->setDebugLoc(probes.front()->getDebugLoc()); // the builder has its own
    }
    for (llvm::CallInst *probe : probes) {
      builder.SetInsertPoint(probe);
      llvm::Value *more = builder.CreateAdd(builder.CreateLoad(type, number), builder.getInt64(1));
      builder.CreateStore(more, number);
      probe->eraseFromParent();
    }
    return number;
  }
};

void registerPass(llvm::PassBuilder &builder)
{
  builder.registerPipelineStartEPCallback([](llvm::ModulePassManager &passes, auto &&...) {
    passes.addPass(EarlyPass());
  });
  builder.registerVectorizerStartEPCallback(
      [](llvm::FunctionPassManager &passes, llvm::OptimizationLevel level) {
        if (level != llvm::OptimizationLevel::O0)
          passes.addPass(LoopPass());
      });
  builder.registerOptimizerLastEPCallback([](llvm::ModulePassManager &passes, auto &&...) {
    passes.addPass(Pass());
  });
  builder.registerPipelineParsingCallback(
      [](llvm::StringRef name, llvm::ModulePassManager &passes,
         llvm::ArrayRef<llvm::PassBuilder::PipelineElement>) {
        if (name != "profinst")
          return false;
        passes.addPass(Pass());
        return true;
      });
}

} // namespace

// For `opt -load-pass-plugin`, `clang -fpass-plugin=`, and the action below before LLVM 18.
extern "C" __attribute__((visibility("default"))) llvm::PassPluginLibraryInfo
llvmGetPassPluginInfo()
{
  return {LLVM_PLUGIN_API_VERSION, "profinst", PROFINST_VERSION, registerPass};
}

// ---- ways out of a function -------------------------------------------------------------------

namespace {

using Callee = std::function<bridge_callee(const llvm::CallInst *)>;

// The call right before the instruction, if it may be a tail call and calls a hooked function.
llvm::CallInst *tailCallBefore(llvm::Instruction *instruction, const Callee &callee)
{
  llvm::Instruction *before = instruction->getPrevNode();
  while (before && before->isDebugOrPseudoInst())
    before = before->getPrevNode();
  auto *call = llvm::dyn_cast_or_null<llvm::CallInst>(before);
  const bool may = call && call->getTailCallKind() == llvm::CallInst::TCK_Tail;
  return may && callee(call) == BRIDGE_HOOKED ? call : nullptr;
}

// Likewise for a return, which must hand on what the call has returned.
llvm::CallInst *tailCallOf(llvm::ReturnInst *ret, const Callee &callee)
{
  llvm::CallInst *call = tailCallBefore(ret, callee);
  return call && (!ret->getReturnValue() || ret->getReturnValue() == call) ? call : nullptr;
}

// The optimizer joins returns. A tail call that leads to a joint one gets its own again, as it would
// in code generation, which does not do it past a hook.
void splitReturns(llvm::Function &function, const Callee &callee)
{
  llvm::SmallVector<std::pair<llvm::ReturnInst *, llvm::BasicBlock *>, 8> found;
  for (llvm::BasicBlock &block : function) {
    auto *ret = llvm::dyn_cast<llvm::ReturnInst>(block.getTerminator());
    if (!ret || &*block.getFirstNonPHIOrDbgOrLifetime() != ret)
      continue;
    llvm::Value *value = ret->getReturnValue();
    auto *phi = llvm::dyn_cast_or_null<llvm::PHINode>(value);
    for (llvm::BasicBlock *before : llvm::predecessors(&block)) {
      llvm::CallInst *call = before->getTerminator()->getNumSuccessors() == 1
                                 ? tailCallBefore(before->getTerminator(), callee)
                                 : nullptr;
      if (call && (!value || (phi && phi->getParent() == &block &&
                              phi->getIncomingValueForBlock(before) == call)))
        found.emplace_back(ret, before);
    }
  }
  for (auto [ret, before] : found)
    llvm::FoldReturnIntoUncondBranch(ret, ret->getParent(), before);
  llvm::EliminateUnreachableBlocks(function);
}

} // namespace

void bridge_each_exit(LLVMValueRef function, enum bridge_callee (*called)(LLVMValueRef, void *),
                      void (*visit)(LLVMBuilderRef, enum bridge_exit, void *), void *data)
{
  auto *f = llvm::cast<llvm::Function>(llvm::unwrap(function));
  // A definition that a linker may replace by another, which has no hooks perhaps, tells nothing.
  const Callee callee = [&](const llvm::CallInst *call) {
    auto *target = llvm::dyn_cast<llvm::Function>(call->getCalledOperand());
    const bool replaced = target && !target->isDeclaration() && !target->hasLocalLinkage() &&
                          !(target->hasExternalLinkage() && target->isDSOLocal());
    return replaced ? BRIDGE_UNKNOWN : called(llvm::wrap(call->getCalledOperand()), data);
  };
  splitReturns(*f, callee);

  // A call that unwinds into a cleanup is no tail call.
  llvm::SmallVector<llvm::CallInst *, 8> unwinding;
  for (llvm::BasicBlock &block : *f)
    if (auto *ret = llvm::dyn_cast<llvm::ReturnInst>(block.getTerminator()))
      if (llvm::CallInst *call = tailCallOf(ret, callee); call && !call->doesNotThrow()) {
        call->setDoesNotThrow();
        unwinding.push_back(call);
      }

  llvm::EscapeEnumerator exits(*f, "profinst.unwind");
  while (llvm::IRBuilder<> *builder = exits.Next()) {
    llvm::Instruction *next = &*builder->GetInsertPoint();
    auto *ret = llvm::dyn_cast<llvm::ReturnInst>(next);
    llvm::CallInst *call = ret ? tailCallOf(ret, callee) : llvm::dyn_cast<llvm::CallInst>(next);
    if (call)
      builder->SetInsertPoint(call);
    const bool tail = call && callee(call) != BRIDGE_UNHOOKED;
    visit(llvm::wrap(builder), tail ? BRIDGE_TAIL_CALL : BRIDGE_RETURN, data);
  }
  for (llvm::CallInst *call : unwinding)
    call->removeFnAttr(llvm::Attribute::NoUnwind);
}

// ---- what is inlined ----------------------------------------------------------------------------

LLVMMetadataRef bridge_subprogram(LLVMMetadataRef location)
{
  auto *place = llvm::cast<llvm::DILocation>(llvm::unwrap(location));
  return llvm::wrap(place->getScope()->getSubprogram());
}

const char *bridge_linkage_name(LLVMMetadataRef subprogram, size_t *length)
{
  auto *function = llvm::cast<llvm::DISubprogram>(llvm::unwrap(subprogram));
  const llvm::StringRef name =
      function->getLinkageName().empty() ? function->getName() : function->getLinkageName();
  *length = name.size();
  return name.data();
}

bool bridge_is_library_function(LLVMValueRef function)
{
  static llvm::Triple target; // making the list takes long
  static std::unique_ptr<llvm::TargetLibraryInfoImpl> known;
  auto *f = llvm::cast<llvm::Function>(llvm::unwrap(function));
  const llvm::Triple wanted(f->getParent()->getTargetTriple());
  if (!known || target != wanted) {
    target = wanted;
    known = std::make_unique<llvm::TargetLibraryInfoImpl>(target);
  }
  llvm::LibFunc found;
  return known->getLibFunc(*f, found);
}

bool bridge_is_must_tail(LLVMValueRef call)
{
  auto *c = llvm::dyn_cast<llvm::CallInst>(llvm::unwrap(call));
  return c && c->isMustTailCall();
}

bool bridge_is_last(LLVMValueRef call)
{
  auto *c = llvm::dyn_cast<llvm::CallInst>(llvm::unwrap(call));
  if (!c || !c->isTailCall() || c->isMustTailCall())
    return c && c->isMustTailCall();
  const llvm::Instruction *next = c->getNextNode();
  while (next->isDebugOrPseudoInst() || next->isLifetimeStartOrEnd())
    next = next->getNextNode();
  if (next->isTerminator() && next->getNumSuccessors() == 1)
    next = &*next->getSuccessor(0)->getFirstNonPHIOrDbgOrLifetime();
  return llvm::isa<llvm::ReturnInst>(next);
}

LLVMBuilderRef bridge_behind(LLVMValueRef call)
{
  auto *c = llvm::cast<llvm::CallBase>(llvm::unwrap(call));
  llvm::Instruction *next = c->getNextNode();
  if (auto *invoke = llvm::dyn_cast<llvm::InvokeInst>(c)) {
    llvm::BasicBlock *normal = invoke->getNormalDest();
    if (!normal->getSinglePredecessor())
      normal = llvm::SplitEdge(invoke->getParent(), normal);
    next = &*normal->getFirstInsertionPt();
  }
  if (llvm::isa<llvm::UnreachableInst>(next))
    return nullptr;
  auto *builder = new llvm::IRBuilder<>(next);
  builder->SetCurrentDebugLocation(c->getDebugLoc());
  return llvm::wrap(builder);
}

LLVMBuilderRef bridge_landing(LLVMValueRef invoke)
{
  auto *i = llvm::cast<llvm::InvokeInst>(llvm::unwrap(invoke));
  if (!i->getUnwindDest()->getSinglePredecessor()) {
    llvm::SmallVector<llvm::BasicBlock *, 2> pads;
    llvm::SplitLandingPadPredecessors(i->getUnwindDest(), {i->getParent()}, ".own", ".others", pads,
                                      static_cast<llvm::DomTreeUpdater *>(nullptr));
  }
  auto *builder = new llvm::IRBuilder<>(&*i->getUnwindDest()->getFirstInsertionPt());
  builder->SetCurrentDebugLocation(i->getDebugLoc());
  return llvm::wrap(builder);
}

bridge_branches bridge_if_not_null(LLVMValueRef pointer, LLVMValueRef before, unsigned metadata)
{
  auto *next = llvm::cast<llvm::Instruction>(llvm::unwrap(before));
  llvm::IRBuilder<> test(next);
  llvm::MDNode *mark = llvm::MDNode::get(test.getContext(), {});
  llvm::Value *set = test.CreateIsNotNull(llvm::unwrap(pointer));
  llvm::Instruction *then, *otherwise;
  llvm::SplitBlockAndInsertIfThenElse(
      set, next, &then, &otherwise,
      llvm::MDBuilder(test.getContext()).createBranchWeights(1 << 20, 1));
  auto *compare = llvm::cast<llvm::Instruction>(set);
  compare->setMetadata(metadata, mark);
  compare->getParent()->getTerminator()->setMetadata(metadata, mark);
  return {llvm::wrap(new llvm::IRBuilder<>(then)), llvm::wrap(new llvm::IRBuilder<>(otherwise))};
}

LLVMBuilderRef bridge_if_rarely(LLVMValueRef condition, LLVMValueRef before, unsigned metadata)
{
  auto *next = llvm::cast<llvm::Instruction>(llvm::unwrap(before));
  auto *test = llvm::cast<llvm::Instruction>(llvm::unwrap(condition));
  llvm::MDNode *mark = llvm::MDNode::get(next->getContext(), {});
  llvm::Instruction *then = llvm::SplitBlockAndInsertIfThen(
      test, next, false, llvm::MDBuilder(next->getContext()).createBranchWeights(1, 1 << 20));
  test->setMetadata(metadata, mark);
  test->getParent()->getTerminator()->setMetadata(metadata, mark);
  return llvm::wrap(new llvm::IRBuilder<>(then));
}

void bridge_add_constructor(LLVMModuleRef module, LLVMValueRef function, int priority)
{
  llvm::appendToGlobalCtors(*llvm::unwrap(module),
                            llvm::cast<llvm::Function>(llvm::unwrap(function)), priority);
}

// ---- arguments and names ----------------------------------------------------------------------

namespace {

using Problem = std::function<void(const char *)>;

bool takeArgument(const char *argument, const char *origin, const Problem &report)
{
  char *problem = profinst_option(argument, origin);
  if (!problem)
    return true;
  report(problem);
  std::free(problem);
  return false;
}

// Words as in a shell's command.
bool takeEnvironment(const Problem &report)
{
  static const char variable[] = "PROFINST_PLUGIN_ARGS";
  llvm::BumpPtrAllocator memory;
  llvm::StringSaver saver(memory);
  llvm::SmallVector<const char *, 8> words;
  const char *text = std::getenv(variable);
  llvm::cl::TokenizeGNUCommandLine(text ? text : "", saver, words);
  bool good = true;
  for (const char *word : words)
    good = takeArgument(word, variable, report) && good;
  return good;
}

} // namespace

void bridge_read_environment(LLVMModuleRef module)
{
  profinst_options_begin();
  takeEnvironment([&](const char *problem) {
    llvm::unwrap(module)->getContext().emitError(llvm::Twine("profinst: ") + problem);
  });
}

unsigned bridge_distance(const char *a, const char *b)
{
  return llvm::StringRef(a).edit_distance(b);
}

// In full as the analyzer has it, whose library has also made that of most C++ compilers. The rest is
// LLVM's.
bridge_names bridge_demangle(const char *linkage_name)
{
  llvm::ItaniumPartialDemangler parts;
  int status = 0;
  if (std::strncmp(linkage_name, "_Z", 2) != 0 || parts.partialDemangle(linkage_name))
    return {nullptr, nullptr};
  return {abi::__cxa_demangle(linkage_name, nullptr, nullptr, &status),
          parts.isFunction() ? parts.getFunctionName(nullptr, nullptr) : nullptr};
}

bool bridge_has_loop(LLVMValueRef function)
{
  llvm::SmallVector<std::pair<const llvm::BasicBlock *, const llvm::BasicBlock *>, 8> edges;
  llvm::FindFunctionBackedges(*llvm::cast<llvm::Function>(llvm::unwrap(function)), edges);
  return !edges.empty();
}

// ---- fingerprints -----------------------------------------------------------------------------

namespace {

uint64_t detailsOf(const llvm::CallBase &call)
{
  const auto *plain = llvm::dyn_cast<llvm::CallInst>(&call);
  const uint64_t tail = plain ? plain->getTailCallKind() : llvm::CallInst::TCK_None;
  return uint64_t{call.getCallingConv()} << 8 | tail;
}

// So many bits for each, which is more than there are.
uint64_t joined(std::initializer_list<uint64_t> parts)
{
  uint64_t all = 0;
  for (const uint64_t part : parts)
    all = all << 8 | part;
  return all;
}

uint64_t order(llvm::AtomicOrdering ordering)
{
  return static_cast<uint64_t>(ordering);
}

uint64_t detailsOf(const llvm::Instruction &instruction)
{
  if (const auto *call = llvm::dyn_cast<llvm::CallBase>(&instruction))
    return detailsOf(*call);
  if (const auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
    return joined({load->isVolatile(), llvm::Log2(load->getAlign()), order(load->getOrdering()),
                   load->getSyncScopeID()});
  if (const auto *store = llvm::dyn_cast<llvm::StoreInst>(&instruction))
    return joined({store->isVolatile(), llvm::Log2(store->getAlign()), order(store->getOrdering()),
                   store->getSyncScopeID()});
  if (const auto *compare = llvm::dyn_cast<llvm::CmpInst>(&instruction))
    return compare->getPredicate();
  if (const auto *variable = llvm::dyn_cast<llvm::AllocaInst>(&instruction))
    return llvm::Log2(variable->getAlign());
  if (const auto *change = llvm::dyn_cast<llvm::AtomicRMWInst>(&instruction))
    return joined({change->isVolatile(), static_cast<uint64_t>(change->getOperation()),
                   llvm::Log2(change->getAlign()), order(change->getOrdering()),
                   change->getSyncScopeID()});
  if (const auto *exchange = llvm::dyn_cast<llvm::AtomicCmpXchgInst>(&instruction))
    return joined({exchange->isVolatile(), exchange->isWeak(), llvm::Log2(exchange->getAlign()),
                   order(exchange->getSuccessOrdering()), order(exchange->getFailureOrdering()),
                   exchange->getSyncScopeID()});
  if (const auto *fence = llvm::dyn_cast<llvm::FenceInst>(&instruction))
    return joined({order(fence->getOrdering()), fence->getSyncScopeID()});
  if (const auto *pad = llvm::dyn_cast<llvm::LandingPadInst>(&instruction))
    return pad->isCleanup();
  return 0;
}

// The kind of map that this takes depends on LLVM's version.
template <typename Map>
Map offsetsOf(bool (llvm::GEPOperator::*)(const llvm::DataLayout &, unsigned, Map &, llvm::APInt &)
                  const);

} // namespace

uint64_t bridge_details(LLVMValueRef value)
{
  const auto *instruction = llvm::cast<llvm::Instruction>(llvm::unwrap(value));
  return detailsOf(*instruction) << 8 | instruction->getRawSubclassOptionalData();
}

void bridge_literal(LLVMValueRef value, void (*take)(const void *, size_t, void *), void *data)
{
  const auto takeNumber = [&](const llvm::APInt &number) {
    take(number.getRawData(), number.getNumWords() * sizeof(uint64_t), data);
  };
  const auto takeText = [&](llvm::StringRef text) { take(text.data(), text.size(), data); };
  const llvm::Value *constant = llvm::unwrap(value);
  if (const auto *number = llvm::dyn_cast<llvm::ConstantInt>(constant)) {
    takeNumber(number->getValue());
  } else if (const auto *real = llvm::dyn_cast<llvm::ConstantFP>(constant)) {
    takeNumber(real->getValueAPF().bitcastToAPInt());
  } else if (const auto *row = llvm::dyn_cast<llvm::ConstantDataSequential>(constant)) {
    takeText(row->getRawDataValues());
  } else if (const auto *code = llvm::dyn_cast<llvm::InlineAsm>(constant)) {
    takeText(code->getAsmString());
    takeText(code->getConstraintString());
    takeNumber({64, joined({code->hasSideEffects(), code->isAlignStack(), code->canThrow(),
                            static_cast<uint64_t>(code->getDialect())})});
  }
}

bool bridge_offsets(LLVMValueRef function, LLVMValueRef value, int64_t *constant,
                    void (*visit)(LLVMValueRef, int64_t, void *), void *data)
{
  decltype(offsetsOf(&llvm::GEPOperator::collectOffset)) indexes;
  const auto *address = llvm::cast<llvm::GEPOperator>(llvm::unwrap(value));
  const llvm::DataLayout &layout =
      llvm::cast<llvm::Function>(llvm::unwrap(function))->getParent()->getDataLayout();
  const unsigned bits = layout.getIndexSizeInBits(address->getPointerAddressSpace());
  llvm::APInt sum(bits, 0);
  if (!address->collectOffset(layout, bits, indexes, sum))
    return false;
  *constant = sum.getSExtValue();
  for (const auto &[index, stride] : indexes)
    visit(llvm::wrap(index), stride.getSExtValue(), data);
  return true;
}

LLVMValueRef bridge_case(LLVMValueRef instruction, unsigned index)
{
  auto *choice = llvm::cast<llvm::SwitchInst>(llvm::unwrap(instruction));
  return llvm::wrap(llvm::SwitchInst::CaseHandle(choice, index).getCaseValue());
}

LLVMBasicBlockRef bridge_label(LLVMValueRef address)
{
  return llvm::wrap(llvm::cast<llvm::BlockAddress>(llvm::unwrap(address))->getBasicBlock());
}

#if PROFINST_CLANG

// ---- the source -------------------------------------------------------------------------------

namespace {

// Walks all declarations of a translation unit, instantiations included, once it is complete.
class Sources : public clang::RecursiveASTVisitor<Sources> {
  using Base = clang::RecursiveASTVisitor<Sources>;

public:
  Sources(clang::ASTContext &context, bool uniqueNames)
      : places(context.getSourceManager()), names(context), mangler(context.createMangleContext()),
        everything(profinst_wants_system_headers())
  {
    if (uniqueNames)
      mangler->needsUniqueInternalLinkageNames();
  }

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return true; } // also how it reaches into lambdas
  bool shouldWalkTypesOfTypeLocs() const { return false; }

  bool TraverseDecl(clang::Decl *declaration)
  {
    return !declaration || isForeign(declaration) || Base::TraverseDecl(declaration);
  }

  bool VisitFunctionDecl(clang::FunctionDecl *function)
  {
    if (!function->isThisDeclarationADefinition() || function->isDeleted() ||
        function->isDependentContext() || isLambdaHelper(function))
      return true;
    const clang::PresumedLoc location = places.getPresumedLoc(locationOf(function));
    std::string shown;
    source_place place = {"", 0, nullptr, SOURCE_NO_WISH};
    if (location.isValid()) {
      place.file = location.getFilename();
      place.line = location.getLine();
    }
    readAttributes(function, place, shown);
    if (const clang::FunctionDecl *pattern = function->getTemplateInstantiationPattern())
      readAttributes(pattern, place, shown);
    place.name = shown.empty() ? nullptr : shown.c_str();
    if (llvm::isa<clang::CXXConstructorDecl, clang::CXXDestructorDecl>(function)) {
      const std::vector<std::string> variants = names.getAllManglings(function);
      const size_t bodies = std::min<size_t>(variants.size(), hasTwoBodies(function) ? 2 : 1);
      for (size_t i = 0; i < bodies; i++)
        profinst_sources_add(variants[i].c_str(), &place);
    } else {
      profinst_sources_add(nameOf(function).c_str(), &place);
    }
    return true;
  }

private:
  clang::SourceManager &places;
  clang::ASTNameGenerator names;
  std::unique_ptr<clang::MangleContext> mangler;
  const bool everything;

  // What an attribute asks for; see profinst.h.
  static void readAttribute(const clang::Attr *attribute, source_place &place, std::string &shown)
  {
    const auto wish = [&](source_wish one) { place.wish = std::max(place.wish, one); };
    if (llvm::isa<clang::NoInstrumentFunctionAttr>(attribute))
      wish(SOURCE_NO_INSTRUMENT);
    if (auto *xray = llvm::dyn_cast<clang::XRayInstrumentAttr>(attribute))
      wish(xray->alwaysXRayInstrument() ? SOURCE_XRAY_ALWAYS : SOURCE_XRAY_NEVER);
    auto *own = llvm::dyn_cast<clang::SwiftAttrAttr>(attribute);
    llvm::StringRef text = own ? own->getAttribute() : "";
    if (!text.consume_front("profinst:"))
      return;
    if (text == "never")
      wish(SOURCE_NEVER);
    else if (text == "always")
      wish(SOURCE_ALWAYS);
    else if (text.consume_front("name=") && shown.empty())
      shown = text.str();
  }

  // Those of all its declarations: clang lets a later one inherit some. Of a lambda newer clangs take
  // them for its type's.
  static void readAttributes(const clang::FunctionDecl *function, source_place &place,
                             std::string &shown)
  {
    for (const clang::FunctionDecl *declaration : function->redecls()) {
      for (const clang::Attr *attribute : declaration->attrs())
        readAttribute(attribute, place, shown);
      if (const clang::TypeSourceInfo *type = declaration->getTypeSourceInfo())
        for (auto location = type->getTypeLoc().getAsAdjusted<clang::AttributedTypeLoc>(); location;
             location = location.getModifiedLoc().getAsAdjusted<clang::AttributedTypeLoc>())
          if (location.getAttr())
            readAttribute(location.getAttr(), place, shown);
    }
  }

  // With -funique-internal-linkage-names, static functions of C have names like those of C++.
  std::string nameOf(const clang::FunctionDecl *function)
  {
    if (!mangler->isUniqueInternalLinkageDecl(function))
      return names.getName(function);
    std::string name;
    llvm::raw_string_ostream stream(name);
    mangler->mangleName(function, stream);
    return stream.str();
  }

  // What makes a pointer to function of a lambda: the conversion, and the function pointed to.
  static bool isLambdaHelper(const clang::FunctionDecl *function)
  {
    auto *method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
    return method && (method->isLambdaStaticInvoker() ||
                      (method->getParent()->isLambda() &&
                       llvm::isa<clang::CXXConversionDecl>(method)));
  }

  // A constructor or destructor has up to three linkage names: for an object that is a base of
  // another, for a complete object, for one that is deleted. The first has the body; the others only
  // call it, and are not hooked, except the second in these cases (as in clang's
  // IsConstructorDelegationValid and EmitDestructorBody).
  static bool hasTwoBodies(const clang::FunctionDecl *function)
  {
    if (auto *constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(function))
      return constructor->getParent()->getNumVBases() > 0 || constructor->isVariadic() ||
             constructor->isDelegatingConstructor();
    return llvm::isa_and_nonnull<clang::CXXTryStmt>(function->getBody());
  }

  // Where the declaration is written out. An instance of a template has the location of the
  // template's first declaration; what counts is its body.
  clang::SourceLocation locationOf(const clang::Decl *declaration)
  {
    if (auto *function = llvm::dyn_cast<clang::FunctionDecl>(declaration)) {
      const clang::FunctionDecl *body = function->getTemplateInstantiationPattern();
      if (body && body->hasBody(body))
        declaration = body;
    }
    return places.getExpansionLoc(declaration->getLocation());
  }

  // Stands in a system header, with all that is inside. A namespace may be continued elsewhere.
  bool isForeign(const clang::Decl *declaration)
  {
    return !everything && declaration->getLocation().isValid() &&
           !llvm::isa<clang::NamespaceDecl, clang::LinkageSpecDecl>(declaration) &&
           places.isInSystemHeader(locationOf(declaration));
  }
};

// The files that the arguments name: what is compiled depends on them, as on a header. Dependency
// files are told of a header by whoever includes it, or asks for it. Once the source has been read:
// it comes first there.
void addDependencies(clang::CompilerInstance &compiler)
{
  clang::PPCallbacks *listeners = compiler.getPreprocessor().getPPCallbacks();
  const char *path;
  for (size_t i = 0; listeners && (path = filter_path(i)); i++)
    if (auto file = compiler.getFileManager().getOptionalFileRef(path))
      listeners->HasInclude({}, path, false, file, clang::SrcMgr::C_User);
}

class Consumer : public clang::ASTConsumer {
public:
  explicit Consumer(clang::CompilerInstance &compiler) : compiler(compiler) {}

private:
  clang::CompilerInstance &compiler;

  void HandleTranslationUnit(clang::ASTContext &context) override
  {
    Sources(context, compiler.getCodeGenOpts().UniqueInternalLinkageNames)
        .TraverseDecl(context.getTranslationUnitDecl());
    addDependencies(compiler);
  }
};

// ---- registration with clang ------------------------------------------------------------------

void report(clang::DiagnosticsEngine &diagnostics, const char *problem)
{
  diagnostics.Report(
      diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error, "profinst: %0"))
      << problem;
}

class Action : public clang::PluginASTAction {
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &compiler,
                                                        llvm::StringRef) override
  {
    profinst_sources_begin();
#if LLVM_VERSION_MAJOR < 15
    if (compiler.getCodeGenOpts().LegacyPassManager)
      report(compiler.getDiagnostics(),
             "hooks need the new pass manager, without -flegacy-pass-manager");
#endif
    // The code generator reads its options only when the whole source has been read. Saved
    // temporaries are compiled without passes first, and then as bitcode, without us.
    compiler.getCodeGenOpts().DisableLLVMPasses = false;
#if LLVM_VERSION_MAJOR >= 18
    compiler.getCodeGenOpts().PassBuilderCallbacks.push_back(registerPass);
#else
    Dl_info self;
    if (dladdr(reinterpret_cast<void *>(&registerPass), &self))
      compiler.getCodeGenOpts().PassPlugins.push_back(self.dli_fname);
#endif
    return std::make_unique<Consumer>(compiler);
  }

  bool ParseArgs(const clang::CompilerInstance &compiler,
                 const std::vector<std::string> &arguments) override
  {
    const Problem problem = [&](const char *what) { report(compiler.getDiagnostics(), what); };
    profinst_options_begin();
    bool good = true;
    for (const std::string &argument : arguments)
      good = takeArgument(argument.c_str(), "command line", problem) && good;
    return takeEnvironment(problem) && good;
  }

  ActionType getActionType() override { return AddBeforeMainAction; }
};

clang::FrontendPluginRegistry::Add<Action>
    registration("profinst", "puts entry and exit hooks around functions");

} // namespace

#endif
